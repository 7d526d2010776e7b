// One ticket: what happened, what is to be said next, and everything that can be done with it.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Refused } from "../api/client";
import { named } from "../i18n";
import { useKey } from "../keys/keys";
import { Audios } from "../recordings/Audios";
import { useSession } from "../session/session";
import { Beside } from "./Beside";
import { Clash } from "./Clash";
import { ClockChip, Clocks } from "./Clocks";
import { Complaint } from "./Complaint";
import { Facts } from "./Facts";
import { Forms } from "./Forms";
import { Hold } from "./Hold";
import { Say } from "./Say";
import { Timeline } from "./Timeline";
import { NEXT, type Ticket, useChange, useTicket } from "./tickets";

export function TicketPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error } = useTicket(id);
  if (error && !data) {
    return (
      <p role="alert" className="wrong desk-empty">
        {error instanceof Refused ? error.message : t("unreachable")}
      </p>
    );
  }
  return data ? <Whole ticket={data} /> : null;
}

function Whole({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const me = useSession().person;
  const doing = useChange(ticket);
  const { change, busy, refused, lost, clash, settle } = doing;
  const mine = ticket.owner === me;
  useKey("A", t("desk.take"), () => change({ owner: me }), !mine && !ticket.merged_into);
  return (
    <article className="desk-ticket" aria-labelledby="ticket-title" data-version={ticket.version}>
      <header className="desk-head">
        <h1 id="ticket-title">
          <span className="quiet">#{ticket.id}</span>{" "}
          {named(ticket.titles, "") || t("ticket.untitled")}
        </h1>
        <p className="desk-signs">
          <span className="chip" id="ticket-state" data-state={ticket.state}>
            {t(`ticketState.${ticket.state}`)}
          </span>
          <ClockChip ticket={ticket} />
        </p>
        <div className="desk-acts">
          {!mine && (
            <Button id="take" loading={busy} onClick={() => change({ owner: me })}>
              {t("desk.take")}
            </Button>
          )}
          {NEXT[ticket.state].map((state) => (
            <Button
              key={state}
              id={`to-${state}`}
              variant="default"
              disabled={busy}
              onClick={() => change({ state })}
            >
              {t(`desk.move.${state}`)}
            </Button>
          ))}
        </div>
      </header>
      {ticket.merged_into && (
        <p className="desk-merged">
          {t("desk.mergedInto")}{" "}
          <Link href={`/desk/ticket/${ticket.merged_into}`}>#{ticket.merged_into}</Link>
        </p>
      )}
      {(refused || lost) && (
        <p role="alert" className="wrong" id="refused">
          {refused ? refused.message : t("unreachable")}
        </p>
      )}
      {clash && <Clash mine={clash.mine} theirs={clash.theirs} settle={settle} />}
      <div className="desk-both">
        <div className="desk-main">
          <Say ticket={ticket} doing={doing} />
          <Forms ticket={ticket.id} />
          <Complaint ticket={ticket.id} />
          <Audios ticket={ticket.id} />
          <Timeline ticket={ticket} />
        </div>
        <aside className="desk-aside" aria-label={t("desk.facts")}>
          <Clocks ticket={ticket} />
          <Hold ticket={ticket} doing={doing} />
          <Facts ticket={ticket} doing={doing} />
          <Beside ticket={ticket} />
        </aside>
      </div>
    </article>
  );
}
