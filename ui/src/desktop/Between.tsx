// Between calls: how the queues stand, what she did today, whom she talked to last.

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schema, told } from "../api/client";
import { named } from "../i18n";
import type { AgentLine, QueueLine } from "../live/floor";
import { useFloor, useIsLive, useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { Since } from "../look/Since";
import { dayBegan, lasting, phoneNumber } from "../look/time";
import { mayDial, useDial } from "./talk";

const LAST = 8;
/** A call's record is written two seconds after its end. */
const WRITTEN_MS = 3_000;

export function Between({ line }: { line: AgentLine }) {
  const { t } = useTranslation();
  return (
    <div className="between">
      <section className="card" aria-labelledby="own-queues">
        <h2 id="own-queues">{t("desktop.queues")}</h2>
        <ul className="strips">
          {line.queues.map((queue) => (
            <QueueStrip key={queue} id={queue} />
          ))}
        </ul>
      </section>
      <Today line={line} />
      <Last line={line} />
    </div>
  );
}

function QueueStrip({ id }: { id: string }) {
  const { t } = useTranslation();
  const queue = useFloor((floor) => floor.queues.get(id));
  if (!queue) return null;
  return (
    <li className="strip" data-late={queue.waiting > 0}>
      <span className="strip-name">{named(queue.names, id)}</span>
      <span className="strip-figure">
        <b>{queue.waiting}</b> {t("queue.waiting")}
      </span>
      <span className="strip-figure">{longest(queue)}</span>
      <span className="strip-figure">
        <b>{queue.ready}</b> {t("queue.ready")}
      </span>
    </li>
  );
}

function longest(queue: QueueLine) {
  if (queue.waiting === 0 || queue.longest_since === null) return "–";
  return <Since at={queue.longest_since} />;
}

function Today({ line }: { line: AgentLine }) {
  const { t } = useTranslation();
  const now = useNow();
  const since = dayBegan(now);
  const { data, refetch } = useQuery({
    queryKey: ["figures", line.id, since],
    queryFn: () =>
      told(
        api.GET("/api/v1/figures/agents/{id}", {
          params: { path: { id: line.id }, query: { since } },
        }),
      ),
    enabled: now > 0,
  });
  useAfterACall(line, refetch);
  const missed = data ? Object.values(data.missed).reduce((all, n) => all + n, 0) : 0;
  const figures: [string, string][] = [
    [t("today.answered"), String(data?.answered ?? "–")],
    [t("today.withinRule"), data?.answered ? share(data.in_rule, data.answered) : "–"],
    [t("today.talk"), data?.answered ? lasting(data.talk_s / data.answered) : "–"],
    [t("today.missed"), data ? String(missed) : "–"],
  ];
  return (
    <section className="card" aria-labelledby="today">
      <h2 id="today">{t("today.title")}</h2>
      <dl className="figures" id="own-figures">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dd>{value}</dd>
            <dt>{name}</dt>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Last({ line }: { line: AgentLine }) {
  const { t } = useTranslation();
  const { data, refetch } = useQuery({
    queryKey: ["last-calls", line.id],
    queryFn: () =>
      told(api.GET("/api/v1/calls", { params: { query: { agent: line.id, limit: LAST } } })),
  });
  useAfterACall(line, refetch);
  const calls = data?.calls ?? [];
  return (
    <section className="card card-wide" aria-labelledby="last-calls">
      <h2 id="last-calls">{t("last.title")}</h2>
      {calls.length === 0 ? (
        <p className="quiet">{t("last.none")}</p>
      ) : (
        <table className="calls">
          <thead>
            <tr>
              <th scope="col">{t("last.when")}</th>
              <th scope="col">{t("last.who")}</th>
              <th scope="col">{t("last.queue")}</th>
              <th scope="col">{t("last.ring")}</th>
              <th scope="col">{t("last.talk")}</th>
              <th scope="col">
                <span className="unseen">{t("dial.call")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call) => (
              <CallRow key={call.call} call={call} line={line} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function CallRow({ call, line }: { call: Schema["CallRecord"]; line: AgentLine }) {
  const { t } = useTranslation();
  const now = useNow();
  const live = useIsLive();
  const { mutate, isPending } = useDial(line.id);
  const queue = useFloor((floor) => floor.queues.get(call.queue ?? ""));
  return (
    <tr>
      <td>{moment(call.started_at, now)}</td>
      <td>
        {call.out_by && <span title={t("dial.out")}>↗ </span>}
        {call.name || phoneNumber(call.number)}
      </td>
      <td>{named(queue?.names, call.queue ?? "")}</td>
      <td>{call.ring ?? "–"}</td>
      <td>{lasting(call.talk_s)}</td>
      <td className="calls-do">
        {call.number && (
          <Button
            variant="subtle"
            size="compact-sm"
            disabled={!live || !mayDial(line.state)}
            loading={isPending}
            aria-label={t("dial.callWhom", { who: call.name || phoneNumber(call.number) })}
            onClick={() => mutate(call.number)}
          >
            {t("dial.call")}
          </Button>
        )}
      </td>
    </tr>
  );
}

function useAfterACall(line: AgentLine, refetch: () => unknown): void {
  const before = useRef(line.state);
  useEffect(() => {
    if (before.current === line.state) return;
    before.current = line.state;
    const timer = setTimeout(refetch, WRITTEN_MS);
    return () => clearTimeout(timer);
  }, [line.state, refetch]);
}

function share(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)} %`;
}
