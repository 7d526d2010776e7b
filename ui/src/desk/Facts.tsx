// What a ticket is: department, owner, kind, priority, customer, calls, watchers.

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { named } from "../i18n";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { useSession } from "../session/session";
import { KINDS, PRIORITIES, type Ticket, type useChange, useDepartments } from "./tickets";

export function Facts({ ticket, doing }: { ticket: Ticket; doing: ReturnType<typeof useChange> }) {
  const { t } = useTranslation();
  const now = useNow();
  const { change, busy } = doing;
  const me = useSession().person;
  const departments = useDepartments();
  const watching = ticket.watchers.includes(me);
  return (
    <section className="facts">
      <NativeSelect
        id="department"
        label={t("desk.department")}
        disabled={busy}
        value={ticket.department}
        data={[
          ...(departments.some((one) => one.id === ticket.department)
            ? []
            : [{ value: ticket.department, label: ticket.department || t("desk.nobody") }]),
          ...departments.map((one) => ({ value: one.id, label: named(one.names, one.id) })),
        ]}
        onChange={(event) => change({ department: event.currentTarget.value })}
      />
      <Owner key={ticket.owner} ticket={ticket} change={change} />
      <div className="facts-row">
        <NativeSelect
          id="kind"
          label={t("ticket.kind")}
          disabled={busy}
          value={ticket.kind}
          data={KINDS.map((value) => ({ value, label: t(`ticketKind.${value}`) }))}
          onChange={(event) => change({ kind: event.currentTarget.value as Ticket["kind"] })}
        />
        <NativeSelect
          id="priority"
          label={t("ticket.priority")}
          disabled={busy}
          value={ticket.priority}
          data={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))}
          onChange={(event) =>
            change({ priority: event.currentTarget.value as Ticket["priority"] })
          }
        />
      </div>
      <dl className="facts-list">
        <dt>{t("desk.customer")}</dt>
        <dd>{ticket.customer || t("desk.unknown")}</dd>
        <dt>{t("call.number")}</dt>
        <dd>{ticket.number || t("desk.unknown")}</dd>
        <dt>{t("desk.filedBy")}</dt>
        <dd>{ticket.assignee || t("desk.nobody")}</dd>
        <dt>{t("desk.opened")}</dt>
        <dd>{moment(ticket.opened_at, now)}</dd>
        <dt>{t("desk.calls")}</dt>
        <dd>
          <ul>
            {ticket.calls.map((one) => (
              <li key={one.call}>
                <code>{one.call}</code> {moment(one.at, now)}
                {one.came_from && (
                  <Link href={`/desk/ticket/${one.came_from}`}> ← #{one.came_from}</Link>
                )}
              </li>
            ))}
          </ul>
        </dd>
        <dt>{t("desk.watchers")}</dt>
        <dd>
          {ticket.watchers.join(t("comma")) || t("desk.nobody")}{" "}
          <Button
            id="watch"
            size="compact-sm"
            variant="subtle"
            aria-pressed={watching}
            onClick={() => change({ watching: !watching })}
          >
            {t(watching ? "desk.unwatch" : "desk.watch")}
          </Button>
        </dd>
      </dl>
    </section>
  );
}

function Owner(props: { ticket: Ticket; change: ReturnType<typeof useChange>["change"] }) {
  const { t } = useTranslation();
  const { ticket, change } = props;
  const [owner, setOwner] = useState(ticket.owner);
  const changed = owner.trim() !== ticket.owner;
  return (
    <form
      className="owner"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) change({ owner: owner.trim() });
      }}
    >
      <TextInput
        id="owner"
        label={t("desk.owner")}
        placeholder={t("desk.nobody")}
        maxLength={60}
        value={owner}
        onChange={(event) => setOwner(event.currentTarget.value)}
      />
      {changed && (
        <Button type="submit" id="keep-owner">
          {t("desk.handOver")}
        </Button>
      )}
    </form>
  );
}
