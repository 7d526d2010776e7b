// How much time a department has left: colour, sign and words, so that none of them speaks alone.

import { useTranslation } from "react-i18next";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import type { Clock, Ticket } from "./tickets";

type Look = "answered" | "late" | "soon" | "held" | "runs" | "none";
const SIGNS: Record<Look, string> = {
  answered: "✓",
  late: "✕",
  soon: "!",
  held: "❚❚",
  runs: "◔",
  none: "–",
};

/** The clock that counts now: to be taken first, then to be answered. */
export function ClockChip({ ticket }: { ticket: Ticket }) {
  const words = useWords();
  const now = useNow();
  const clock = current(ticket);
  const look = lookOf(ticket, clock, now);
  return (
    <span className="clock-chip" data-look={look}>
      <span aria-hidden="true">{SIGNS[look]}</span> {words.ofTicket(ticket, clock, look)}
    </span>
  );
}

export function Clocks({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const words = useWords();
  const now = useNow();
  const last = Math.max(0, ...ticket.clocks.map((one) => one.round));
  const shown = (["reach", "answer"] as const).flatMap((kind) => {
    const found = ticket.clocks.filter((one) => one.kind === kind).at(-1);
    return found ? [found] : [];
  });
  return (
    <dl className="clocks" id="clocks" data-round={last}>
      {shown.map((clock) => {
        const look = lookOfClock(clock, now);
        return (
          <div key={clock.kind} className="clock-line" data-look={look} data-clock={clock.kind}>
            <dt>{t(`desk.clock.${clock.kind}`)}</dt>
            <dd>
              <span aria-hidden="true">{SIGNS[look]}</span> {words.ofClock(clock, look)}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function current(ticket: Ticket): Clock | undefined {
  const running = ticket.clocks.filter((one) => !one.stopped_at);
  return (
    running.find((one) => one.kind === "reach") ??
    running.find((one) => one.kind === "answer") ??
    ticket.clocks.filter((one) => one.kind === "answer").at(-1)
  );
}

function lookOf(ticket: Ticket, clock: Clock | undefined, now: number): Look {
  if (!clock) return "none";
  if (clock.stopped_at && !ticket.answered_at) return "none";
  return lookOfClock(clock, now);
}

function lookOfClock(clock: Clock, now: number): Look {
  if (clock.late_at || (clock.due_at && clock.due_at <= now)) return "late";
  if (clock.stopped_at) return "answered";
  if (!clock.since) return "held";
  if (clock.warned_at || (clock.warn_at && clock.warn_at <= now)) return "soon";
  return "runs";
}

function useWords() {
  const { t } = useTranslation();
  const now = useNow();
  const ofClock = (clock: Clock, look: Look): string => {
    if (clock.stopped_at) {
      const at = moment(clock.stopped_at, now);
      return look === "late" ? t("desk.doneLate", { at }) : t("desk.doneInTime", { at });
    }
    if (look === "held") return t("desk.held", { cause: clock.cause });
    if (!clock.due_at) return t("desk.never");
    const at = moment(clock.due_at, now);
    return look === "late" ? t("desk.lateSince", { at }) : t("desk.by", { at });
  };
  const ofTicket = (ticket: Ticket, clock: Clock | undefined, look: Look): string => {
    if (look === "none" || !clock) return t("desk.noClock");
    if (clock.stopped_at && ticket.answered_at) {
      return look === "late" ? t("desk.answeredLate") : t("desk.answeredInTime");
    }
    return `${t(`desk.clock.${clock.kind}`)} ${ofClock(clock, look)}`;
  };
  return { ofClock, ofTicket };
}
