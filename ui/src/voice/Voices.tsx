// How good the voice was: of one call, telephone by telephone, each way apart.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Schema, told } from "../api/client";
import { useFloor } from "../live/hooks";
import { mos } from "./score";

type Voice = Schema["Voice"];

export function Voices({ call }: { call: string }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ["call", call],
    queryFn: () => told(api.GET("/api/v1/calls/{id}", { params: { path: { id: call } } })),
  });
  const agents = useFloor((floor) => floor.agents);
  if (!data) return null;
  const voices = data.voices ?? [];
  if (voices.length === 0) return <p className="voices-none">{t("voice.none")}</p>;
  const whose = (one: Voice) =>
    one.device ? (agents.get(one.agent ?? "")?.name ?? one.agent ?? one.device) : t("voice.caller");
  return (
    <table className="lines voices">
      <caption className="unseen">{t("voice.title")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("voice.telephone")}</th>
          <th scope="col">{t("voice.way")}</th>
          <th scope="col">{t("voice.mos")}</th>
          <th scope="col">{t("voice.loss")}</th>
          <th scope="col">{t("voice.jitter")}</th>
          <th scope="col">{t("voice.roundTrip")}</th>
        </tr>
      </thead>
      <tbody>
        {voices.flatMap((one) =>
          (["came", "went"] as const).map((name) => {
            const way = one[name];
            return (
              <tr key={`${one.channel} ${name}`} data-way={name}>
                <td>{whose(one)}</td>
                <td>{t(`voice.${name}`)}</td>
                <td className="figure">
                  <Score score={way?.packets ? (way.score ?? null) : 0} />
                </td>
                <td className="figure">{`${way?.loss ?? 0} %`}</td>
                <td className="figure">{t("voice.ms", { ms: way?.jitter_ms ?? 0 })}</td>
                <td className="figure">
                  {one.round_trip_ms == null ? "–" : t("voice.ms", { ms: one.round_trip_ms })}
                </td>
              </tr>
            );
          }),
        )}
      </tbody>
    </table>
  );
}

/** A MOS with a word for it, so that nobody needs the colour; a score is 0 to 100. */
export function Score({ score }: { score: number | null }) {
  const { t } = useTranslation();
  if (score === null) return <>–</>;
  const { figure, word } = mos(score);
  return (
    <span className="mos" data-word={word}>
      {figure} <small>{t(`voice.word.${word}`)}</small>
    </span>
  );
}
