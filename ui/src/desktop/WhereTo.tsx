// To whom: a queue, a colleague or a number, found by typing and taken by Enter.

import { Combobox, Modal, TextInput, useCombobox } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { named } from "../i18n";
import { useFloor } from "../live/hooks";
import { StateChip } from "../look/State";
import { type Colleague, NOWHERE, useColleagues, type Where } from "./talk";

const FREE = new Set<Colleague["state"]>(["ready", "not_ready", "wrapping_up"]);
const NUMBER = /^\+?[0-9][0-9 ()-]{1,24}$/;

export function WhereTo(props: {
  act: "transfer" | "consult";
  close: () => void;
  choose: (where: Where) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const store = useCombobox({ opened: true });
  const found = usePlaces(props.act === "transfer", typed);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the store only reads what is drawn
  useEffect(() => {
    store.selectFirstOption();
  }, [found]);
  const title = t(props.act === "transfer" ? "whereTo.transfer" : "whereTo.consult");
  return (
    <Modal
      opened
      onClose={props.close}
      title={title}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Combobox
        store={store}
        onOptionSubmit={(chosen) => props.choose(JSON.parse(chosen) as Where)}
      >
        <Combobox.EventsTarget>
          <TextInput
            data-autofocus
            label={t("whereTo.who")}
            description={t("whereTo.hint")}
            value={typed}
            maxLength={40}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </Combobox.EventsTarget>
        <Combobox.Options className="where" aria-label={title}>
          {found.map((place) => (
            <Combobox.Option key={place.key} value={JSON.stringify(place.where)} className="place">
              <span className="place-name">{place.name}</span>
              <span className="quiet">{place.about}</span>
              {place.state && <StateChip state={place.state} />}
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>{t("whereTo.none")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox>
    </Modal>
  );
}

interface Place {
  key: string;
  name: string;
  about: string;
  where: Where;
  state?: Colleague["state"];
}

function usePlaces(withQueues: boolean, typed: string): Place[] {
  const { t } = useTranslation();
  const queues = useFloor((floor) => floor.queues);
  const colleagues = useColleagues(true);
  return useMemo(() => {
    const wanted = typed.trim().toLowerCase();
    const number = typed.trim();
    const places: Place[] = [
      ...[...colleagues].sort(freeFirst).map((one) => ({
        key: `a ${one.id}`,
        name: one.name || one.id,
        about: one.staff_number,
        where: { ...NOWHERE, agent: one.id },
        state: one.state,
      })),
      ...(withQueues ? [...queues.values()] : []).map((queue) => ({
        key: `q ${queue.id}`,
        name: named(queue.names, queue.id),
        about: t("whereTo.queue", { waiting: queue.waiting, ready: queue.ready }),
        where: { ...NOWHERE, queue: queue.id },
      })),
    ].filter((place) => `${place.name} ${place.about}`.toLowerCase().includes(wanted));
    if (NUMBER.test(number)) {
      const where = { ...NOWHERE, number: number.replace(/[^0-9+]/g, "") };
      places.push({ key: "n", name: number, about: t("whereTo.number"), where });
    }
    return places;
  }, [queues, colleagues, withQueues, typed, t]);
}

function freeFirst(one: Colleague, other: Colleague): number {
  const free = Number(FREE.has(other.state)) - Number(FREE.has(one.state));
  return free || one.name.localeCompare(other.name);
}
