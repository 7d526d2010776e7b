// Calls that did not help: each with the call about the same thing that followed.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, told } from "../api/client";
import { phoneNumber } from "../look/time";
import type { Counted } from "./Behind";
import { shown } from "./columns";

const MOST = 200;

export function Repeats({ number, zone }: { number: Counted; zone: string }) {
  const { t, i18n } = useTranslation();
  const { since, until, queue, agent } = number;
  const { data } = useQuery({
    queryKey: ["repeats", since, until, queue, agent],
    queryFn: () =>
      told(
        api.GET("/api/v1/figures/repeats", {
          params: {
            query: {
              since,
              until,
              limit: MOST,
              ...(queue ? { queue } : {}),
              ...(agent ? { agent } : {}),
            },
          },
        }),
      ),
  });
  if (!data) return null;
  const at = (when: number) =>
    new Date(when * 1000).toLocaleString(i18n.language, { timeZone: zone });
  return (
    <>
      <p className="quiet">{t("reports.repeatsAbout")}</p>
      <table className="lines" id="repeats">
        <thead>
          <tr>
            {(["number", "queue", "first", "agent", "again", "after", "agent"] as const).map(
              (name, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns stand still
                <th key={place} scope="col">
                  {t(`reports.repeat.${name}`)}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {data.repetitions.map(({ first, again }) => (
            <tr key={first.call} data-first={first.call} data-again={again.call}>
              <td>{phoneNumber(first.number)}</td>
              <td>{first.queue}</td>
              <td>{at(first.started_at)}</td>
              <td>{first.agent || "–"}</td>
              <td>{at(again.started_at)}</td>
              <td>{shown(again.started_at - first.started_at, "seconds", i18n.language)}</td>
              <td>{again.agent || "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
