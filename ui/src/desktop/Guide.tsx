// What the queue gives for this call: what to say (话术), in the caller's language, and what may come of
// it, one of which is said before the wrap-up ends where the queue wants it.

import { SegmentedControl } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { named } from "../i18n";
import type { AgentLine, TalkLine } from "../live/floor";
import { useFloor, useIsLive } from "../live/hooks";

type Guide = Schema["Guide"];
type Disposition = Schema["Disposition"];

const PARTS = ["opening", "hold", "transfer", "closing"] as const;
type Part = (typeof PARTS)[number];

const guideOf = (queue: string) => ({
  queryKey: ["guide", queue],
  queryFn: () => told(api.GET("/api/v1/queues/{id}/guide", { params: { path: { id: queue } } })),
  staleTime: 60_000,
});

export function useGuide(queue: string): Guide | undefined {
  const { data } = useQuery({ ...guideOf(queue), enabled: queue !== "" });
  return data;
}

/** Those of her queues are fetched before a call comes: what came later would move the rest. */
export function useGuidesAhead(queues: readonly string[]): void {
  useQueries({ queries: queues.map(guideOf) });
}

/** The part that fits what happens now is shown by itself; any other is a press away. */
export function Script(props: { guide: Guide; line: AgentLine; language: string }) {
  const { t } = useTranslation();
  const { guide, line, language } = props;
  const talk = useFloor((floor) => floor.talks.get(line.id));
  const there = PARTS.filter((part) => guide.script[part]);
  const [chosen, setChosen] = useState<Part | "">("");
  if (there.length === 0) return null;
  const fits = partFor(line, talk);
  const part = chosen || (there.includes(fits) ? fits : there[0]) || "opening";
  const texts = guide.script[part] ?? {};
  return (
    <section className="script" id="script" aria-label={t("script.title")}>
      <header className="script-head">
        <h2>{t("script.title")}</h2>
        <SegmentedControl
          size="xs"
          aria-label={t("script.title")}
          data={there.map((one) => ({ value: one, label: t(`script.${one}`) }))}
          value={part}
          onChange={(one) => setChosen(one as Part)}
        />
      </header>
      <p className="script-text" lang={texts[language] ? language : undefined}>
        {texts[language] ?? Object.values(texts)[0]}
      </p>
    </section>
  );
}

function partFor(line: AgentLine, talk: TalkLine | undefined): Part {
  if (line.state === "wrapping_up") return "closing";
  if (talk?.stage === "held") return "hold";
  if (talk && ["consulting", "consulted", "swapped", "conference"].includes(talk.stage)) {
    return "transfer";
  }
  return "opening";
}

/** One press for each level; what was said last is shown, and may be said anew. */
export function Dispositions(props: { guide: Guide; line: AgentLine }) {
  const { t } = useTranslation();
  const { guide, line } = props;
  const live = useIsLive();
  const [open, setOpen] = useState<string[]>([]);
  const { mutate, isPending } = useDispose(line.id);
  if (guide.dispositions.length === 0) return null;
  const levels = opened(guide.dispositions, open);
  const owed = guide.required && !line.disposition && line.state === "wrapping_up";
  return (
    <section
      className="disposition"
      id="disposition"
      data-owed={owed}
      aria-label={t("disposition.title")}
    >
      <h2>
        {t("disposition.title")}
        {line.disposition && (
          <span className="disposition-said">
            {pathNames(guide.dispositions, line.disposition)}
          </span>
        )}
      </h2>
      {owed && (
        <p className="disposition-owed" role="status">
          {t("disposition.owed")}
        </p>
      )}
      {levels.map((codes, depth) => (
        <div className="codes" key={open.slice(0, depth).join("/")}>
          {codes.map((one) => {
            const path = [...open.slice(0, depth), one.code];
            const said = line.disposition === path.join("/");
            return (
              <button
                key={one.code}
                type="button"
                className="code"
                disabled={!live || isPending}
                aria-pressed={one.below.length === 0 ? said : undefined}
                aria-expanded={one.below.length > 0 ? open[depth] === one.code : undefined}
                onClick={() => {
                  setOpen(path);
                  if (one.below.length === 0) mutate(path.join("/"));
                }}
              >
                {named(one.names, one.code)}
                {one.below.length > 0 && <span aria-hidden="true"> ›</span>}
              </button>
            );
          })}
        </div>
      ))}
    </section>
  );
}

function useDispose(agent: string) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (code: string) =>
      api.POST("/api/v1/agents/{id}/disposition", {
        params: { path: { id: agent } },
        body: { code },
      }),
    onError: (error) =>
      notifications.show({
        color: "red",
        message: error instanceof Refused ? error.message : t("unreachable"),
      }),
  });
}

/** The top level, and each below the one that is open. */
function opened(top: readonly Disposition[], open: readonly string[]): Disposition[][] {
  const levels = [[...top]];
  for (const code of open) {
    const below = levels.at(-1)?.find((one) => one.code === code)?.below ?? [];
    if (below.length === 0) break;
    levels.push([...below]);
  }
  return levels;
}

function pathNames(top: readonly Disposition[], path: string): string {
  let level: readonly Disposition[] = top;
  return path
    .split("/")
    .map((code) => {
      const found = level.find((one) => one.code === code);
      level = found?.below ?? [];
      return found ? named(found.names, code) : code;
    })
    .join(" › ");
}
