// Whose telephones sounded worst today, for who looks after the floor.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, told } from "../api/client";
import { useNow } from "../live/hooks";
import { dayBegan } from "../look/time";
import { Score } from "../voice/Voices";

const SHOWN = 8;
const LOOK_EVERY_MS = 30_000;

export function WorstVoice() {
  const { t } = useTranslation();
  const since = dayBegan(useNow());
  const { data } = useQuery({
    queryKey: ["figures", "voice", since],
    queryFn: () => told(api.GET("/api/v1/figures/voice", { params: { query: { since } } })),
    refetchInterval: LOOK_EVERY_MS,
  });
  const worst = data?.agents.slice(0, SHOWN) ?? [];
  if (worst.length === 0) return null;
  return (
    <section aria-labelledby="voice-title">
      <h2 id="voice-title">{t("voice.worst")}</h2>
      <table className="calls" id="worst-voice">
        <thead>
          <tr>
            <th scope="col">{t("voice.agent")}</th>
            <th scope="col">{t("voice.mean")}</th>
            <th scope="col">{t("voice.lowest")}</th>
            <th scope="col">{t("voice.loss")}</th>
            <th scope="col">{t("voice.jitter")}</th>
            <th scope="col">{t("voice.roundTrip")}</th>
            <th scope="col">{t("voice.talks")}</th>
          </tr>
        </thead>
        <tbody>
          {worst.map((one) => (
            <tr key={one.agent} data-agent={one.agent}>
              <td>{one.name}</td>
              <td>
                <Score score={one.mos * 20} />
              </td>
              <td>
                <Score score={one.worst_mos * 20} />
              </td>
              <td>{`${one.loss} %`}</td>
              <td>{t("voice.ms", { ms: one.jitter_ms })}</td>
              <td>{one.round_trip_ms === null ? "–" : t("voice.ms", { ms: one.round_trip_ms })}</td>
              <td>{one.talks}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
