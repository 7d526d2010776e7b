// An agent's state: colour, sign and word, so that none of them speaks alone.

import { useTranslation } from "react-i18next";
import type { AgentLine } from "../live/floor";

const SIGNS: Record<AgentLine["state"], string> = {
  logged_out: "○",
  not_ready: "❚❚",
  ready: "●",
  offered: "◔",
  talking: "◆",
  wrapping_up: "✎",
  not_responding: "✕",
};

export function StateChip({ state, big = false }: { state: AgentLine["state"]; big?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={big ? "chip chip-big" : "chip"} data-state={state}>
      <span className="chip-sign" aria-hidden="true">
        {SIGNS[state]}
      </span>
      <span className="chip-word">{t(`state.${state}`)}</span>
    </span>
  );
}

/** Reasons we offer; a site's own are shown as they were written. */
export const PAUSES = ["break", "meal", "training", "meeting", "paperwork"] as const;

/** Why she is in this state: a miss, or what was said. */
export function useReason(): (line: AgentLine) => string {
  const { t } = useTranslation();
  const word = useWord();
  return (line) => (line.missed ? t(`reason.${line.missed}`) : word(line.reason));
}

/** What is kept for the end of the call, '' when nothing is. */
export function useWish(): (line: AgentLine) => string {
  const { t } = useTranslation();
  const word = useWord();
  return (line) => {
    const busy = line.state === "offered" || line.state === "talking";
    if (!busy || line.pauses.length === 0) return "";
    const why = line.pauses.map((pause) => word(pause.reason || pause.cause));
    return t("desktop.then", { why: why.join(t("comma")) });
  };
}

function useWord(): (reason: string) => string {
  const { t, i18n } = useTranslation();
  return (reason) => {
    const key = `reason.${reason}`;
    return reason && i18n.exists(key) ? t(key as "reason.break") : reason;
  };
}
