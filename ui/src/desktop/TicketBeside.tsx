// The ticket beside the call. It saves itself; a draft outlives the browser.

import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../api/client";
import { language, named } from "../i18n";
import { useKey } from "../keys/keys";
import type { AgentLine, PopLine } from "../live/floor";
import { useIsLive, useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { useSession } from "../session/session";
import { type Kept, useDraft } from "./drafts";
import { patch, type Ticket, useChange, useOpen } from "./tickets";

const KINDS = ["technical", "service", "sales", "other"] as const;
const PRIORITIES = ["low", "normal", "high", "urgent"] as const;
/** tickets/model.py, NEXT: what it is, and what it may become. */
const NEXT = {
  open: ["open", "in_progress", "resolved", "closed"],
  in_progress: ["in_progress", "open", "resolved", "closed"],
  resolved: ["resolved", "open", "closed"],
  closed: ["closed", "open"],
} as const;
const LONGEST_NOTE = 4_000;
const LONGEST_TITLE = 120;

export function TicketBeside(props: {
  line: AgentLine;
  shown: PopLine;
  ticket: Ticket | undefined;
  customer: string;
}) {
  const { t } = useTranslation();
  const { line, shown, ticket, customer } = props;
  return (
    <section className="ticket" id="ticket" aria-label={t("ticket.title")}>
      {ticket ? (
        <Form key={ticket.id} ticket={ticket} call={shown.pop.call} />
      ) : (
        <NoTicketYet line={line} shown={shown} customer={customer} />
      )}
    </section>
  );
}

function NoTicketYet(props: { line: AgentLine; shown: PopLine; customer: string }) {
  const { t } = useTranslation();
  const { line, shown, customer } = props;
  const live = useIsLive();
  const { mutate, isPending, error } = useOpen();
  if (line.state === "offered") return <p className="quiet">{t("ticket.atAnswer")}</p>;
  const open = () =>
    mutate({
      call: shown.pop.call,
      kind: "service",
      title: "",
      language: language(),
      customer: customer || null,
      number: shown.pop.number,
      queue: shown.queue,
    });
  return (
    <div className="ticket-none">
      <p className="quiet">{t("ticket.none")}</p>
      <Button variant="light" disabled={!live} loading={isPending} onClick={open}>
        {t("ticket.open")}
      </Button>
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
    </div>
  );
}

function Form({ ticket, call }: { ticket: Ticket; call: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const live = useIsLive();
  const me = useSession().person;
  const change = useChange(ticket.id);
  const area = useRef<HTMLTextAreaElement>(null);
  const own = ticket.entries.find(
    (one) => one.kind === "note" && one.call === call && one.who === me,
  );
  const [note, setNote, kept] = useDraft(`${ticket.id}.${call}.note`, own?.text ?? "", (text) =>
    patch(ticket.id, { call_note: { call, text } }),
  );
  const shownTitle = named(ticket.titles, "");
  const [title, setTitle, titleKept] = useDraft(`${ticket.id}.title`, shownTitle, (text) =>
    patch(ticket.id, { title: text }),
  );
  useKey("T", t("do.note"), () => area.current?.focus());

  return (
    <>
      <header className="ticket-head">
        <h2>
          {t("ticket.title")} <span className="story-id">#{ticket.id}</span>
        </h2>
        <KeptSign kept={kept === "saved" ? titleKept : kept} />
      </header>
      <TextInput
        label={t("ticket.about")}
        value={title}
        maxLength={LONGEST_TITLE}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <div className="ticket-row">
        <Select
          label={t("ticket.kind")}
          allowDeselect={false}
          disabled={!live}
          data={KINDS.map((value) => ({ value, label: t(`ticketKind.${value}`) }))}
          value={ticket.kind}
          onChange={(kind) => kind && change.mutate({ kind: kind as Ticket["kind"] })}
        />
        <Select
          label={t("ticket.priority")}
          allowDeselect={false}
          disabled={!live}
          data={PRIORITIES.map((value) => ({ value, label: t(`priority.${value}`) }))}
          value={ticket.priority}
          onChange={(one) => one && change.mutate({ priority: one as Ticket["priority"] })}
        />
        <Select
          label={t("ticket.state")}
          allowDeselect={false}
          disabled={!live}
          data={NEXT[ticket.state].map((value) => ({ value, label: t(`ticketState.${value}`) }))}
          value={ticket.state}
          onChange={(state) => state && change.mutate(moved(ticket, state, call, note))}
        />
      </div>
      <Textarea
        ref={area}
        id="ticket-note"
        label={t("ticket.note")}
        description={t("ticket.noteHint")}
        autosize
        minRows={6}
        maxRows={16}
        maxLength={LONGEST_NOTE}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {ticket.due_at && (
        <p className="quiet">{t("ticket.due", { at: moment(ticket.due_at, now) })}</p>
      )}
      <Earlier ticket={ticket} call={call} me={me} now={now} />
    </>
  );
}

/** What is settled on the call was told on the call: nothing closes without an answer. */
function moved(ticket: Ticket, to: string, call: string, note: string) {
  const state = to as Ticket["state"];
  const settles = state === "resolved" || state === "closed";
  if (!settles || ticket.answered_at) return { state };
  return { state, reply: { channel: "phone" as const, call, text: note.trim() } };
}

function KeptSign({ kept }: { kept: Kept }) {
  const { t } = useTranslation();
  return (
    <span className="kept" data-kept={kept} role="status">
      {t(`kept.${kept}`)}
    </span>
  );
}

/** Notes of others and of earlier calls. */
function Earlier(props: { ticket: Ticket; call: string; me: string; now: number }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const notes = props.ticket.entries
    .filter((one) => one.kind === "note" && one.text)
    .filter((one) => one.call !== props.call || one.who !== props.me)
    .reverse();
  if (notes.length === 0) return null;
  return (
    <section className="earlier">
      <h3>{t("ticket.earlier")}</h3>
      <ol>
        {(all ? notes : notes.slice(0, 3)).map((one) => (
          <li key={`${one.at}${one.who}`}>
            <time>{moment(one.at, props.now)}</time> <b>{one.who}</b> {one.text}
          </li>
        ))}
      </ol>
      {!all && notes.length > 3 && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          {t("ticket.more", { n: notes.length - 3 })}
        </Button>
      )}
    </section>
  );
}
