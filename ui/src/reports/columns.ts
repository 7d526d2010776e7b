// What a table of figures shows, column by column. Pure; the server's exports hold all the others.

import type { Schema } from "../api/client";
import type en from "../i18n/en.json";
import type { Subject } from "./asked";

export type Figures = Schema["Figures"];
export type Kind = "count" | "share" | "seconds" | "score";

export interface Column {
  /** Its words: reports.column.<id>. */
  id: keyof typeof en.reports.column;
  kind: Kind;
  of: (figures: Figures) => number | null | undefined;
  /** What to reach, by name in the report's targets; `most` when less is better. */
  target?: keyof Schema["Targets"];
  most?: boolean;
  /** These calls stand behind a count. */
  outcomes?: readonly string[];
  /** These calls stand behind it, each with the one that followed. */
  repeats?: true;
}

const GIVEN_UP = ["abandoned_in_queue", "abandoned_ringing"] as const;
const missed = (figures: Figures) =>
  ["rang_out", "rejected", "busy", "not_registered", "never_rang", "not_accepted"].reduce(
    (sum, kind) => sum + (figures.missed[kind] ?? 0),
    0,
  );

const answered: Column = {
  id: "answered",
  kind: "count",
  of: (f) => f.answered,
  outcomes: ["answered"],
};
const answerS: Column = {
  id: "answer_s",
  kind: "seconds",
  of: (f) => f.answer_s,
  target: "answer_s",
  most: true,
};
const inRule: Column = {
  id: "in_rule",
  kind: "share",
  of: (f) => f.in_rule_share,
  target: "in_rule",
};
const handle: Column = { id: "handle_s", kind: "seconds", of: (f) => f.handle_s };
const judged: readonly Column[] = [
  { id: "repeated", kind: "count", of: (f) => f.repeated, repeats: true },
  { id: "first_contact", kind: "share", of: (f) => f.first_contact, target: "first_contact" },
  { id: "satisfied", kind: "share", of: (f) => f.satisfied, target: "satisfied" },
];

export const COLUMNS: Record<Subject, readonly Column[]> = {
  queue: [
    { id: "calls", kind: "count", of: (f) => f.calls, outcomes: [] },
    { id: "offered", kind: "count", of: (f) => f.offered },
    answered,
    { id: "abandoned", kind: "count", of: (f) => f.abandoned, outcomes: GIVEN_UP },
    { id: "abandoned_share", kind: "share", of: (f) => f.abandoned_share },
    {
      id: "service_level",
      kind: "share",
      of: (f) => f.service_level?.of_offered,
      target: "service_level",
    },
    { id: "without_short", kind: "share", of: (f) => f.service_level?.without_short },
    answerS,
    { id: "p50", kind: "seconds", of: (f) => f.answer_waits?.p50 },
    { id: "p90", kind: "seconds", of: (f) => f.answer_waits?.p90 },
    inRule,
    handle,
    { id: "effort", kind: "score", of: (f) => f.effort },
    { id: "self_service", kind: "count", of: (f) => f.self_service, outcomes: ["self_service"] },
    ...judged,
  ],
  agent: [
    { id: "rung", kind: "count", of: (f) => f.rung },
    answered,
    { id: "missed", kind: "count", of: missed },
    inRule,
    answerS,
    { id: "talk_s", kind: "seconds", of: (f) => f.talk_s },
    handle,
    { id: "occupancy", kind: "share", of: (f) => f.occupancy },
    ...judged,
  ],
  node: [
    { id: "visits", kind: "count", of: (f) => f.visits },
    { id: "served", kind: "count", of: (f) => f.served },
    { id: "left", kind: "count", of: (f) => f.left },
  ],
};

/** null: nothing to measure by. */
export function reached(
  column: Column,
  figures: Figures,
  targets: Schema["Targets"],
): boolean | null {
  const value = column.of(figures);
  if (!column.target || value === null || value === undefined) return null;
  const target = targets[column.target];
  return column.most ? value <= target : value >= target;
}

export function shown(value: number | null | undefined, kind: Kind, language: string): string {
  if (value === null || value === undefined) return "–";
  if (kind === "share")
    return value.toLocaleString(language, { style: "percent", maximumFractionDigits: 1 });
  if (kind === "seconds") return duration(value);
  return value.toLocaleString(language, { maximumFractionDigits: kind === "score" ? 2 : 0 });
}

/** 8.25 → 8.3 s, 75 → 1:15, 3700 → 1:01:40. */
function duration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
