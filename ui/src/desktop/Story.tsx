// What went before: open tickets and the last calls, newest first.

import { useTranslation } from "react-i18next";
import { named } from "../i18n";
import type { Pop } from "../live/floor";
import { useFloor, useNow } from "../live/hooks";
import { moment } from "../look/moment";

export function Story({ pop }: { pop: Pop }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const queues = useFloor((floor) => floor.queues);
  const word = (key: string, otherwise: string) =>
    i18n.exists(key) ? t(key as "outcome.answered") : otherwise;
  return (
    <div className="story">
      <section>
        <h3>
          {t("pop.tickets")} <small>{pop.tickets.length}</small>
        </h3>
        {pop.tickets.length === 0 && <p className="quiet">{t("pop.noTickets")}</p>}
        <ul>
          {pop.tickets.map((ticket) => (
            <li key={ticket.id} className="story-ticket">
              <span className="story-id">#{ticket.id}</span>
              <span className="story-what">{ticket.title || t("ticket.untitled")}</span>
              <span className="story-mark">
                {word(`ticketState.${ticket.state}`, ticket.state)}
              </span>
              <time>{moment(ticket.opened_at, now)}</time>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{t("pop.contacts")}</h3>
        {pop.contacts.length === 0 && <p className="quiet">{t("pop.firstCall")}</p>}
        <ol className="timeline">
          {pop.contacts.map((contact) => (
            <li key={contact.call} data-outcome={contact.outcome}>
              <time>{moment(contact.at, now)}</time>
              <span className="story-what">
                {named(queues.get(contact.queue)?.names, contact.queue)}
                {contact.agent && ` · ${contact.agent}`}
              </span>
              <span className="story-mark">
                {word(`outcome.${contact.outcome}`, contact.outcome)}
              </span>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
