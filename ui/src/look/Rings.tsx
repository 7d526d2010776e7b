// The ring being counted: one, two, three, in the cycle the telephone rings in.

import { useTranslation } from "react-i18next";
import type { AgentLine } from "../live/floor";
import { useNow } from "../live/hooks";
import { ringNumber } from "./time";

type Ringing = NonNullable<AgentLine["ringing"]>;

export function Rings({ ringing, limit }: { ringing: Ringing; limit: number }) {
  const { t } = useTranslation();
  const now = useNow(true);
  const ring = ringNumber(ringing.at, ringing.cycle_s, now);
  return (
    <span className="rings" data-ring={ring}>
      {Array.from({ length: limit }, (_, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rings are counted, they have no other name
        <i key={n} className={n < ring ? "rung" : ""} aria-hidden="true">
          {n + 1}
        </i>
      ))}
      <b>{t("ring", { n: ring })}</b>
    </span>
  );
}
