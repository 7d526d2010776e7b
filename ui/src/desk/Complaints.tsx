// Complaints under way, and for those who lead how many of which kind each month had.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, type Schema, told } from "../api/client";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { useSession, watches } from "../session/session";
import { CATEGORIES } from "./Complaint";

const MONTHS = 12;

export function Complaints() {
  const { t } = useTranslation();
  const now = useNow();
  const leads = watches(useSession());
  const { data } = useQuery({
    queryKey: ["complaints"],
    queryFn: () => told(api.GET("/api/v1/complaints", { params: { query: { limit: 100 } } })),
    refetchInterval: 30_000,
  });
  return (
    <section className="desk-list" aria-labelledby="complaints-title">
      <h1 id="complaints-title">{t("desk.part.complaints")}</h1>
      {leads && <Trends />}
      <div className="desk-scroll">
        <table className="lines desk-lines" id="complaints">
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">{t("ticket.state")}</th>
              <th scope="col">{t("complaint.categoryOf")}</th>
              <th scope="col">{t("complaint.received")}</th>
              <th scope="col">{t("complaint.next")}</th>
            </tr>
          </thead>
          <tbody>
            {data?.complaints.map(({ complaint, may }) => (
              <tr key={complaint.ticket}>
                <td>
                  <Link href={`/desk/ticket/${complaint.ticket}`}>{complaint.ticket}</Link>
                </td>
                <td>{t(`complaint.state.${complaint.state}`)}</td>
                <td>{complaint.category ? t(`complaint.category.${complaint.category}`) : ""}</td>
                <td>{moment(complaint.received_at, now)}</td>
                <td>{may.map((step) => t(`complaint.step.${step}`)).join(t("comma"))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data?.complaints.length === 0 && <p className="quiet desk-empty">{t("desk.empty")}</p>}
    </section>
  );
}

function Trends() {
  const { t } = useTranslation();
  const [first, last] = span();
  const { data } = useQuery({
    queryKey: ["complaint-trends", first, last],
    queryFn: () =>
      told(api.GET("/api/v1/figures/complaints", { params: { query: { first, last } } })),
  });
  const trends = data?.trends ?? [];
  const months = [...new Set(trends.map((one) => one.month))];
  if (months.length === 0) return null;
  const most = Math.max(1, ...months.map((month) => sum(of(trends, month))));
  return (
    <div className="desk-scroll">
      <table className="lines desk-lines" id="trends">
        <caption>{t("complaint.trends")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("desk.month")}</th>
            <th scope="col">{t("complaint.all")}</th>
            {CATEGORIES.map((one) => (
              <th key={one} scope="col">
                {t(`complaint.category.${one}`)}
              </th>
            ))}
            <th scope="col">{t("complaint.unfounded")}</th>
            <th scope="col">{t("complaint.state.archived")}</th>
          </tr>
        </thead>
        <tbody>
          {months.map((month) => {
            const own = of(trends, month);
            const all = sum(own);
            return (
              <tr key={month}>
                <th scope="row">{month}</th>
                <td>
                  <span className="share-bar" aria-hidden="true">
                    <span className="share-part" style={{ width: `${(100 * all) / most}%` }} />
                  </span>{" "}
                  {all}
                </td>
                {CATEGORIES.map((one) => (
                  <td key={one}>{sum(own.filter((line) => line.category === one)) || ""}</td>
                ))}
                <td>{sum(own.filter((line) => line.stands === false)) || ""}</td>
                <td>{own.reduce((total, line) => total + line.archived, 0) || ""}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

type Trend = Schema["Trend"];

function of(trends: readonly Trend[], month: string): Trend[] {
  return trends.filter((one) => one.month === month);
}

function sum(trends: readonly Trend[]): number {
  return trends.reduce((total, one) => total + one.count, 0);
}

/** The last twelve months, as ``2026-11``. */
function span(): [string, string] {
  const today = new Date();
  const begin = new Date(today.getFullYear(), today.getMonth() - MONTHS + 1, 1);
  const named = (day: Date) =>
    `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}`;
  return [named(begin), named(today)];
}
