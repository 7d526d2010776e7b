// One waiting caller: to the head of the queue, to an agent by name, to another queue, or out of it.

import { ActionIcon, Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { named } from "../i18n";
import type { CallLine } from "../live/floor";
import { useFloor, useIsLive } from "../live/hooks";
import { useMove } from "./moving";

export function CallerMenu({ call }: { call: CallLine }) {
  const { t } = useTranslation();
  const live = useIsLive();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          disabled={!live}
          aria-label={t("board.caller", { number: call.number })}
        >
          ⋯
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" className="scrolls">
        <Items call={call} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** Drawn while the menu is open. */
function Items({ call }: { call: CallLine }) {
  const { t } = useTranslation();
  const { mutate } = useMove();
  const agents = useFloor((floor) => floor.agents);
  const queues = useFloor((floor) => floor.queues);
  const others = [...queues.values()].filter((line) => line.id !== call.queue);
  const able = [...agents.values()].filter(
    (line) => line.state !== "logged_out" && line.queues.includes(call.queue ?? ""),
  );
  return (
    <>
      <Menu.Item onClick={() => mutate({ call: call.call, move: "first" })}>
        {t("board.first")}
      </Menu.Item>
      {able.length > 0 && <Menu.Label>{t("board.give")}</Menu.Label>}
      {able.map((line) => (
        <Menu.Item
          key={line.id}
          rightSection={<small>{t(`state.${line.state}`)}</small>}
          onClick={() => mutate({ call: call.call, move: "give", agent: line.id })}
        >
          {line.name} {line.staff_number}
        </Menu.Item>
      ))}
      {others.length > 0 && <Menu.Label>{t("board.move")}</Menu.Label>}
      {others.map((line) => (
        <Menu.Item
          key={line.id}
          rightSection={<small>{t("board.waits", { count: line.waiting })}</small>}
          onClick={() => mutate({ call: call.call, move: "queue", queue: line.id })}
        >
          {named(line.names, line.id)}
        </Menu.Item>
      ))}
      <Menu.Label>{t("board.withdraw")}</Menu.Label>
      {(["voicemail", "overflow"] as const).map((to) => (
        <Menu.Item key={to} onClick={() => mutate({ call: call.call, move: "out", to })}>
          {t(`board.to.${to}`)}
        </Menu.Item>
      ))}
    </>
  );
}
