// One waiting caller: to the head of the queue, or to an agent by name.

import { ActionIcon, Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
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
    </>
  );
}
