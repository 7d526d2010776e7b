// Tickets that wait for a department, found by words and filters, gone through by keys.

import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { Refused } from "../api/client";
import { named } from "../i18n";
import { useKey } from "../keys/keys";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { useSession } from "../session/session";
import { ClockChip } from "./Clocks";
import { FIRST, STATES, type Ticket, useDepartments, useTickets, type Wanted } from "./tickets";

const TYPED_MS = 250;

export function List() {
  const { t } = useTranslation();
  const me = useSession().person;
  const [wanted, setWanted] = useState<Wanted>(FIRST);
  const [text] = useDebouncedValue(wanted.text, TYPED_MS);
  const [pages, setPages] = useState<string[]>([]);
  const before = pages.at(-1) ?? "";
  const { data, error, isPending } = useTickets({ ...wanted, text: text.trim() }, me, before);
  const search = useRef<HTMLInputElement>(null);
  useKey("S", t("desk.search"), () => search.current?.focus());
  const want = (change: Partial<Wanted>) => {
    setPages([]);
    setWanted({ ...wanted, ...change });
  };
  return (
    <section className="desk-list" aria-labelledby="desk-title">
      <h1 id="desk-title">{t("desk.part.tickets")}</h1>
      <Filters wanted={wanted} want={want} search={search} />
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      <Lines tickets={data?.tickets ?? []} />
      {!isPending && data?.tickets.length === 0 && (
        <p className="quiet desk-empty">{t(text ? "desk.nothingFound" : "desk.empty")}</p>
      )}
      <footer className="desk-pages">
        {pages.length > 0 && (
          <Button variant="default" onClick={() => setPages(pages.slice(0, -1))}>
            {t("desk.newer")}
          </Button>
        )}
        {data?.next && (
          <Button variant="default" onClick={() => setPages([...pages, data.next])}>
            {t("desk.older")}
          </Button>
        )}
      </footer>
    </section>
  );
}

function Filters(props: {
  wanted: Wanted;
  want: (change: Partial<Wanted>) => void;
  search: React.RefObject<HTMLInputElement | null>;
}) {
  const { t } = useTranslation();
  const { wanted, want } = props;
  const departments = useDepartments();
  return (
    <search className="desk-filters">
      <TextInput
        id="search"
        type="search"
        ref={props.search}
        label={t("desk.search")}
        placeholder={t("desk.searchHint")}
        maxLength={400}
        value={wanted.text}
        onChange={(event) => want({ text: event.currentTarget.value })}
      />
      <NativeSelect
        id="of-department"
        label={t("desk.department")}
        value={wanted.department}
        data={[
          { value: "", label: t("desk.any") },
          ...departments.map((one) => ({ value: one.id, label: named(one.names, one.id) })),
        ]}
        onChange={(event) => want({ department: event.currentTarget.value })}
      />
      <NativeSelect
        id="whose"
        label={t("desk.whose")}
        value={wanted.whose}
        data={(["all", "mine", "nobody", "watched"] as const).map((value) => ({
          value,
          label: t(`desk.whoseIs.${value}`),
        }))}
        onChange={(event) => want({ whose: event.currentTarget.value as Wanted["whose"] })}
      />
      <NativeSelect
        id="in-state"
        label={t("ticket.state")}
        value={wanted.state}
        data={[
          { value: "live", label: t("desk.live") },
          ...STATES.map((value) => ({ value, label: t(`ticketState.${value}`) })),
          { value: "all", label: t("desk.any") },
        ]}
        onChange={(event) => want({ state: event.currentTarget.value as Wanted["state"] })}
      />
      <Checkbox
        id="late-only"
        label={t("desk.lateOnly")}
        checked={wanted.late}
        onChange={(event) => want({ late: event.currentTarget.checked })}
      />
    </search>
  );
}

function Lines({ tickets }: { tickets: readonly Ticket[] }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const [at, setAt] = useState(0);
  const rows = useRef<HTMLTableSectionElement>(null);
  const move = (by: number) => {
    const next = Math.max(0, Math.min(tickets.length - 1, at + by));
    setAt(next);
    rows.current?.querySelectorAll("a")[next]?.focus();
  };
  useKey("J", t("desk.next"), () => move(document.activeElement?.closest("tbody") ? 1 : 0));
  useKey("K", t("desk.previous"), () => move(-1));
  useKey("O", t("desk.open"), () => {
    const one = tickets[at];
    if (one) go(`/desk/ticket/${one.id}`);
  });
  if (tickets.length === 0) return null;
  return (
    <div className="desk-scroll">
      <table className="lines desk-lines">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">{t("ticket.about")}</th>
            <th scope="col">{t("desk.department")}</th>
            <th scope="col">{t("desk.owner")}</th>
            <th scope="col">{t("ticket.state")}</th>
            <th scope="col">{t("ticket.priority")}</th>
            <th scope="col">{t("desk.time")}</th>
            <th scope="col">{t("desk.changed")}</th>
          </tr>
        </thead>
        <tbody ref={rows} id="tickets">
          {tickets.map((one) => (
            <Line key={one.id} ticket={one} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const now = useNow();
  const department = useDepartments().find((one) => one.id === ticket.department);
  return (
    <tr data-ticket={ticket.id} data-state={ticket.state}>
      <td>{ticket.id}</td>
      <td>
        <Link href={`/desk/ticket/${ticket.id}`}>
          {named(ticket.titles, "") || t("ticket.untitled")}
        </Link>
      </td>
      <td>{named(department?.names, ticket.department)}</td>
      <td>{ticket.owner || <span className="quiet">{t("desk.nobody")}</span>}</td>
      <td>{t(`ticketState.${ticket.state}`)}</td>
      <td data-priority={ticket.priority}>{t(`priority.${ticket.priority}`)}</td>
      <td>
        <ClockChip ticket={ticket} />
      </td>
      <td>{moment(ticket.updated_at, now)}</td>
    </tr>
  );
}
