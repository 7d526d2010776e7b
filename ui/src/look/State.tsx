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

export function useReason(): (line: AgentLine) => string {
  const { t, i18n } = useTranslation();
  return (line) => {
    if (line.missed) return t(`reason.${line.missed}`);
    if (!line.reason) return "";
    const key = `reason.${line.reason}`;
    return i18n.exists(key) ? t(key as "reason.break") : line.reason;
  };
}
