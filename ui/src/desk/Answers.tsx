// How well what was promised is kept: of the tickets of a month, how many were answered, in time.

import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, told } from "../api/client";
import { named } from "../i18n";
import { useDepartments } from "./tickets";

export function Answers() {
  const { t } = useTranslation();
  const [month, setMonth] = useState(() => new Date().toISOString().slice(0, 7));
  const departments = useDepartments();
  const [year = 2024, one = 1] = month.split("-").map(Number);
  const since = new Date(year, one - 1, 1).getTime() / 1000;
  const until = new Date(year, one, 1).getTime() / 1000;
  const { data } = useQuery({
    queryKey: ["answers", since, until],
    enabled: Number.isFinite(since),
    queryFn: () =>
      told(api.GET("/api/v1/figures/answers", { params: { query: { since, until } } })),
  });
  return (
    <section className="desk-list" aria-labelledby="answers-title">
      <h1 id="answers-title">{t("desk.part.answers")}</h1>
      <div className="desk-filters">
        <TextInput
          id="month"
          type="month"
          label={t("desk.month")}
          value={month}
          onChange={(event) => event.currentTarget.value && setMonth(event.currentTarget.value)}
        />
      </div>
      <table className="lines desk-lines" id="answers">
        <thead>
          <tr>
            <th scope="col">{t("desk.department")}</th>
            <th scope="col">{t("desk.openedMany")}</th>
            <th scope="col">{t("desk.answered")}</th>
            <th scope="col">{t("desk.inTime")}</th>
            <th scope="col">{t("desk.lateMany")}</th>
            <th scope="col">{t("desk.waitingMany")}</th>
          </tr>
        </thead>
        <tbody>
          {data?.departments.map((line) => (
            <tr key={line.department}>
              <th scope="row">
                {named(
                  departments.find((known) => known.id === line.department)?.names,
                  line.department || t("desk.nobody"),
                )}
              </th>
              <td>{line.opened}</td>
              <td>
                {line.answered} <Share part={line.answered} of={line.opened} />
              </td>
              <td>
                {line.answered_in_time} <Share part={line.answered_in_time} of={line.opened} />
              </td>
              <td>{line.late}</td>
              <td>{line.waiting}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {data?.departments.length === 0 && <p className="quiet desk-empty">{t("desk.empty")}</p>}
    </section>
  );
}

function Share({ part, of }: { part: number; of: number }) {
  const percent = of ? Math.round((100 * part) / of) : 0;
  return (
    <span className="share">
      <span className="share-bar" aria-hidden="true">
        <span className="share-part" data-percent={percent} style={{ width: `${percent}%` }} />
      </span>{" "}
      {percent} %
    </span>
  );
}
