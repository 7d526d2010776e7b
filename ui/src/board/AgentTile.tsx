// One agent: state, since when, the ring, why; and what a supervisor may do about it.

import { ActionIcon, Menu } from "@mantine/core";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSay } from "../desktop/actions";
import { named } from "../i18n";
import type { AgentLine } from "../live/floor";
import { useFloor, useIsLive } from "../live/hooks";
import { Rings } from "../look/Rings";
import { Since, Until } from "../look/Since";
import { PAUSES, StateChip, useReason, useWish } from "../look/State";
import { isLimited, useSession } from "../session/session";
import { Skills } from "./Skills";
import { useWatching, WAYS } from "./watching";

export const AgentTile = memo(function AgentTile(props: {
  line: AgentLine;
  ask: (call: string) => void;
}) {
  const { line, ask } = props;
  const queue = useFloor((floor) => floor.queues.get(line.queue ?? ""));
  const out = line.state === "logged_out";
  return (
    <li className="agent" data-key={line.id} data-state={line.state}>
      <p className="agent-title">
        <span className="agent-name">{line.name || line.id}</span>
        <span className="agent-staff">{line.staff_number}</span>
        <Force line={line} ask={ask} />
      </p>
      <p className="agent-now">
        <StateChip state={line.state} />
        {!out && line.since > 0 && <Since at={line.since} className="agent-since" />}
      </p>
      <p className="agent-foot">
        {line.ringing && <Rings ringing={line.ringing} limit={queue?.rings ?? 3} />}
        <Note line={line} queueName={queue ? named(queue.names, queue.id) : (line.queue ?? "")} />
      </p>
    </li>
  );
});

function Note({ line, queueName }: { line: AgentLine; queueName: string }) {
  const { t } = useTranslation();
  const reason = useReason()(line);
  const then = useWish()(line);
  const inCall = line.state === "offered" || line.state === "talking";
  const away = line.away_from.length > 0 && line.state !== "logged_out";
  const words = [
    inCall ? queueName : "",
    away ? t("board.away", { count: line.away_from.length }) : "",
    reason,
    then,
    line.skills ? t("board.skilled") : "",
    line.strikes ? t("board.strikes", { count: line.strikes }) : "",
  ].filter(Boolean);
  return (
    <span className="agent-note">
      {words.join(" · ")}
      {line.until !== null && (
        <>
          {words.length > 0 && " · "}
          {t("desktop.left")} <Until at={line.until} />
        </>
      )}
    </span>
  );
}

function Force({ line, ask }: { line: AgentLine; ask: (call: string) => void }) {
  const { t } = useTranslation();
  const live = useIsLive();
  const { mutate } = useSay(line.id);
  const out = line.state === "logged_out";
  const [skilled, setSkilled] = useState(false);
  return (
    <>
      <Menu position="bottom-end" shadow="md" withinPortal>
        <Menu.Target>
          <ActionIcon
            className="agent-more"
            variant="subtle"
            color="gray"
            disabled={!live}
            aria-label={t("board.more", { name: line.name || line.id })}
          >
            ⋯
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {line.call && (
            <Menu.Item onClick={() => ask(line.call ?? "")}>{t("board.why")}</Menu.Item>
          )}
          <Watch line={line} />
          <Serves line={line} />
          <Menu.Item onClick={() => setSkilled(true)}>{t("board.skills")}</Menu.Item>
          {out && <Menu.Item onClick={() => mutate({ say: "log-in" })}>{t("do.logIn")}</Menu.Item>}
          {!out && line.state !== "ready" && (
            <Menu.Item onClick={() => mutate({ say: "ready" })}>{t("do.ready")}</Menu.Item>
          )}
          {!out && (
            <>
              <Menu.Label>{t("do.notReady")}</Menu.Label>
              {PAUSES.map((pause) => (
                <Menu.Item key={pause} onClick={() => mutate({ say: "not-ready", reason: pause })}>
                  {t(`reason.${pause}`)}
                </Menu.Item>
              ))}
              <Menu.Divider />
              {line.state !== "ready" && line.state !== "not_ready" && (
                <Menu.Item onClick={() => mutate({ say: "free" })}>{t("board.free")}</Menu.Item>
              )}
              <Menu.Item onClick={() => mutate({ say: "log-out" })}>{t("do.logOut")}</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {skilled && <Skills line={line} close={() => setSkilled(false)} />}
    </>
  );
}

/** Being with the talk that goes on, for who has not the same one. */
function Watch({ line }: { line: AgentLine }) {
  const { t } = useTranslation();
  const { begin } = useWatching();
  const session = useSession();
  const own = session.agent === line.id;
  if (isLimited(session) && !session.queues.includes(line.queue ?? "")) return null;
  if (line.state !== "talking" || !line.call || own) return null;
  const call = line.call;
  return (
    <>
      <Menu.Label>{t("watch.title")}</Menu.Label>
      {WAYS.map((how) => (
        <Menu.Item key={how} onClick={() => begin({ call, agent: line.id, how })}>
          {t(`watch.${how}`)}
        </Menu.Item>
      ))}
      <Menu.Divider />
    </>
  );
}

/** Which of her queues she serves now; the menu stays open for several. */
function Serves({ line }: { line: AgentLine }) {
  const { t } = useTranslation();
  const queues = useFloor((floor) => floor.queues);
  const { mutate } = useSay(line.id);
  const session = useSession();
  if (line.queues.length < 2) return null;
  const served = line.queues.filter((id) => !line.away_from.includes(id));
  return (
    <>
      <Menu.Label>{t("board.serves")}</Menu.Label>
      {line.queues.map((id) => {
        const on = served.includes(id);
        const then = on ? served.filter((one) => one !== id) : [...served, id];
        return (
          <Menu.CheckboxItem
            key={id}
            checked={on}
            disabled={isLimited(session) && !session.queues.includes(id)}
            closeMenuOnClick={false}
            onChange={() => mutate({ say: "serves", queues: then })}
          >
            {named(queues.get(id)?.names, id)}
          </Menu.CheckboxItem>
        );
      })}
      <Menu.Divider />
    </>
  );
}
