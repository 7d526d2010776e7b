// A card for each queue: now by push; today's figures are asked for when a call has ended.

import { useQuery } from "@tanstack/react-query";
import { memo, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schema, told } from "../api/client";
import { named } from "../i18n";
import type { QueueLine } from "../live/floor";
import { useFloor, useNow } from "../live/hooks";
import { Since } from "../look/Since";
import { dayBegan } from "../look/time";

type Figures = Schema["QueueFigures"];
/** A record is written two seconds after the call's end; many ends are asked for once. */
const WRITTEN_MS = 4_000;

export function Queues() {
  const queues = useFloor((floor) => floor.queues);
  const today = useToday();
  return (
    <ul id="queues" className="queues">
      {[...queues.values()].map((line) => (
        <QueueCard key={line.id} line={line} today={today.get(line.id)} />
      ))}
    </ul>
  );
}

const QueueCard = memo(function QueueCard(props: { line: QueueLine; today: Figures | undefined }) {
  const { t } = useTranslation();
  const { line, today } = props;
  const now = useNow();
  const waits = line.waiting > 0 && line.longest_since !== null;
  const late = waits && now - (line.longest_since ?? now) > line.service_level_s;
  const short = !late && line.waiting > 0 && line.ready === 0;
  const mood = late ? "late" : short ? "short" : "well";
  return (
    <li className="queue" data-key={line.id} data-mood={mood}>
      <h3>
        {named(line.names, line.id)}
        {mood !== "well" && <span className="queue-mood">{t(`board.${mood}`)}</span>}
      </h3>
      <dl className="queue-now">
        <div className="wide">
          <dt>{t("queue.waiting")}</dt>
          <dd data-figure="waiting">{line.waiting}</dd>
        </div>
        <div className="wide">
          <dt>{t("queue.longest")}</dt>
          <dd>{waits ? <Since at={line.longest_since ?? now} /> : "–"}</dd>
        </div>
        <div>
          <dt>{t("queue.ready")}</dt>
          <dd>{line.ready}</dd>
        </div>
        <div>
          <dt>{t("queue.offered")}</dt>
          <dd>{line.offered}</dd>
        </div>
        <div>
          <dt>{t("queue.talking")}</dt>
          <dd>{line.talking}</dd>
        </div>
      </dl>
      {(!line.open || line.callbacks > 0) && (
        <p className="queue-more">
          {!line.open && <b>{t("board.closed")}</b>}
          {line.callbacks > 0 && <span>{t("board.callbacks", { count: line.callbacks })}</span>}
        </p>
      )}
      <dl className="queue-today">
        <div>
          <dt>{t("today.level", { n: line.service_level_s })}</dt>
          <dd data-figure="level">{share(today?.in_level, today?.came)}</dd>
        </div>
        <div>
          <dt>{t("today.inRings", { n: line.rings })}</dt>
          <dd data-figure="rule">{share(today?.in_rule, today?.answered)}</dd>
        </div>
        <div>
          <dt>{t("today.abandoned")}</dt>
          <dd data-figure="abandoned">{share(today?.abandoned, today?.came)}</dd>
        </div>
        <div>
          <dt>{t("today.answered")}</dt>
          <dd>{today?.answered ?? "–"}</dd>
        </div>
      </dl>
    </li>
  );
});

function useToday(): ReadonlyMap<string, Figures> {
  const since = dayBegan(useNow());
  const ended = useFloor((floor) => lastEnded(floor.calls));
  const { data, refetch } = useQuery({
    queryKey: ["figures", "queues", since],
    queryFn: () => told(api.GET("/api/v1/figures/queues", { params: { query: { since } } })),
  });
  useEffect(() => {
    if (!ended) return;
    const timer = setTimeout(refetch, WRITTEN_MS);
    return () => clearTimeout(timer);
  }, [ended, refetch]);
  return useMemo(() => new Map(data?.queues.map((one) => [one.queue, one])), [data]);
}

function lastEnded(calls: ReadonlyMap<string, { call: string; stage: string }>): string {
  let last = "";
  for (const call of calls.values()) if (call.stage === "ended") last = call.call;
  return last;
}

function share(part: number | undefined, whole: number | undefined): string {
  return whole ? `${Math.round((100 * (part ?? 0)) / whole)} %` : "–";
}
