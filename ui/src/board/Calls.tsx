// Calls that go on now, newest first.

import { Button } from "@mantine/core";
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { named } from "../i18n";
import type { CallLine } from "../live/floor";
import { useFloor } from "../live/hooks";
import { Since } from "../look/Since";
import { CallerMenu } from "./CallerMenu";

const MOST = 40;
const STAGES = ["menu", "waiting", "offered", "talking", "survey", "ended"] as const;

export function Calls({ ask }: { ask: (call: string) => void }) {
  const { t } = useTranslation();
  const calls = useFloor((floor) => floor.calls);
  const newest = useMemo(() => [...calls.values()].reverse().slice(0, MOST), [calls]);
  if (newest.length === 0) return null;
  return (
    <section aria-labelledby="calls-title">
      <h2 id="calls-title">
        {t("board.calls")} <small>{calls.size}</small>
      </h2>
      <table className="calls">
        <thead>
          <tr>
            <th scope="col">{t("call.stage")}</th>
            <th scope="col">{t("call.number")}</th>
            <th scope="col">{t("call.queue")}</th>
            <th scope="col">{t("call.agent")}</th>
            <th scope="col">{t("call.since")}</th>
            <th scope="col">
              <span className="unseen">{t("board.why")}</span>
            </th>
          </tr>
        </thead>
        <tbody id="calls">
          {newest.map((call) => (
            <Row key={call.call} call={call} ask={ask} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

const Row = memo(function Row({ call, ask }: { call: CallLine; ask: (call: string) => void }) {
  const { t } = useTranslation();
  const queue = useFloor((floor) => floor.queues.get(call.queue ?? ""));
  const agent = useFloor((floor) => floor.agents.get(call.agent ?? ""));
  const stage = STAGES.find((one) => one === call.stage);
  return (
    <tr data-key={call.call} data-stage={call.stage}>
      <td>{stage ? t(`stage.${stage}`) : call.stage}</td>
      <td>{call.number}</td>
      <td>{call.queue ? named(queue?.names, call.queue) : ""}</td>
      <td>{agent ? `${agent.name} ${agent.staff_number}` : (call.agent ?? "")}</td>
      <td>
        <Since at={call.at} />
      </td>
      <td>
        <div className="calls-do">
          {call.queue && (
            <Button size="compact-xs" variant="subtle" onClick={() => ask(call.call)}>
              {t("board.why")}
            </Button>
          )}
          {call.stage === "waiting" && <CallerMenu call={call} />}
        </div>
      </td>
    </tr>
  );
});
