// What a report is asked for, as it stands in the page's address. Pure.

export const PERIODS = ["quarter", "hour", "day", "week", "month", "year"] as const;
export const SUBJECTS = ["queue", "agent", "node"] as const;
export const SPANS = ["today", "yesterday", "week", "month", "lastMonth", "year"] as const;

export type Period = (typeof PERIODS)[number];
export type Subject = (typeof SUBJECTS)[number];
export type Span = (typeof SPANS)[number];

export interface Asked {
  first: string;
  last: string;
  by: Period;
  of: Subject;
  level_s: number;
}

/** 2026-04-01, by the clock of whoever looks. */
export function dayOf(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The days of a span that is named, and the period it is best cut into. */
export function span(name: Span, today: Date): Pick<Asked, "first" | "last" | "by"> {
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  const at = (y: number, m: number, d: number) => dayOf(new Date(y, m, d));
  switch (name) {
    case "today":
      return { first: dayOf(today), last: dayOf(today), by: "hour" };
    case "yesterday":
      return { first: at(year, month, day - 1), last: at(year, month, day - 1), by: "hour" };
    case "week": // the last seven days
      return { first: at(year, month, day - 6), last: dayOf(today), by: "day" };
    case "month":
      return { first: at(year, month, 1), last: dayOf(today), by: "day" };
    case "lastMonth":
      return { first: at(year, month - 1, 1), last: at(year, month, 0), by: "day" };
    case "year":
      return { first: at(year, 0, 1), last: dayOf(today), by: "month" };
  }
}

/** From the address; what is missing or wrong is today's. */
export function read(search: string, today: Date): Asked {
  const found = new URLSearchParams(search);
  const one = <T extends string>(name: string, of: readonly T[], other: T): T =>
    of.find((value) => value === found.get(name)) ?? other;
  const day = (name: string, other: string) => {
    const text = found.get(name) ?? "";
    return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : other;
  };
  const usual = span("today", today);
  const level = Number(found.get("level_s") ?? 20);
  return {
    first: day("first", usual.first),
    last: day("last", usual.last),
    by: one("by", PERIODS, usual.by),
    of: one("of", SUBJECTS, "queue"),
    level_s: Number.isFinite(level) && level >= 0 && level <= 14_400 ? level : 20,
  };
}

export function written(asked: Asked): string {
  return new URLSearchParams({ ...asked, level_s: String(asked.level_s) }).toString();
}
