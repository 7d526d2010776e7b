// What happened with a ticket, newest first: calls, answers, notes, moves.

import { useTranslation } from "react-i18next";
import { named } from "../i18n";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { type Entry, type Ticket, useDepartments } from "./tickets";

export function Timeline({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t("desk.timeline")}</h2>
      <ol className="timeline" id="timeline">
        {[...ticket.entries].reverse().map((entry) => (
          <li key={`${entry.at}${entry.kind}${entry.text}`} data-kind={entry.kind}>
            <time>{moment(entry.at, now)}</time>
            <b>{entry.who === "system" ? t("desk.system") : entry.who}</b>
            <What entry={entry} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function What({ entry }: { entry: Entry }) {
  const { t, i18n } = useTranslation();
  const departments = useDepartments();
  const head = t(`desk.entry.${entry.kind}`);
  switch (entry.kind) {
    case "note":
      return (
        <div>
          <span className="entry-kind">{head}</span>
          <p className="entry-text">{entry.text}</p>
        </div>
      );
    case "reply":
      return (
        <div>
          <span className="entry-kind">
            {head} · {t(`desk.by_.${entry.channel ?? "phone"}`)}
            {entry.call && ` · ${t("desk.onCall")}`}
          </span>
          {entry.text && <p className="entry-text">{entry.text}</p>}
        </div>
      );
    case "state":
      return <span>{`${head} ${t(`ticketState.${entry.text}` as "ticketState.open")}`}</span>;
    case "warned":
    case "late":
      return <span>{`${head} ${t(`desk.clock.${entry.text}` as "desk.clock.reach")}`}</span>;
    case "department": {
      const known = departments.find((one) => one.id === entry.text);
      return <span>{`${head} ${named(known?.names, entry.text)}`}</span>;
    }
    case "call":
    case "call_ended":
      return (
        <span>
          {head} <code>{entry.call}</code>
        </span>
      );
    case "owner":
    case "assigned":
      return <span>{`${head} ${entry.text || t("desk.nobody")}`}</span>;
    case "complaint": {
      const key = `complaint.step.${entry.text}`;
      const known = i18n.exists(key) ? key : `complaint.state.${entry.text}`;
      return <span>{`${head} ${t(known as "complaint.step.accept")}`}</span>;
    }
    default: {
      const key = `desk.said.${entry.text}`;
      return <span>{`${head} ${i18n.exists(key) ? t(key as "desk.nobody") : entry.text}`}</span>;
    }
  }
}
