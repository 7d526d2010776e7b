// What happens on a date: which calendar is open and why, and where callers go.

import { NativeSelect, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Refused, told } from "../api/client";

export function Hours() {
  const { t, i18n } = useTranslation();
  const [at, setAt] = useState("");
  const [emergency, setEmergency] = useState<"now" | "on" | "off">("now");
  const { data, error } = useQuery({
    queryKey: ["hours", at, emergency],
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: () =>
      told(
        api.GET("/api/v1/hours", {
          params: {
            query: {
              at,
              ...(emergency === "now" ? {} : { emergency: emergency === "on" }),
            },
          },
        }),
      ),
  });
  const moment = (seconds: number) =>
    new Date(seconds * 1000).toLocaleString(i18n.language, {
      timeZone: data?.zone,
      dateStyle: "full",
      timeStyle: "short",
    });
  return (
    <section className="hours">
      <header className="document-bar">
        <h1>{t("admin.part.hours")}</h1>
        <TextInput
          id="hours-at"
          type="datetime-local"
          label={t("admin.when")}
          value={at}
          error={error instanceof Refused ? error.message : undefined}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("admin.part.emergency")}
          value={emergency}
          data={(["now", "off", "on"] as const).map((value) => ({
            value,
            label: t(`admin.switch.${value}`),
          }))}
          onChange={(event) => setEmergency(event.currentTarget.value as "now" | "on" | "off")}
        />
      </header>
      {data && (
        <>
          <p id="hours-moment">
            {moment(data.at)} ({data.zone})
            {data.emergency && <strong className="wrong"> {t("admin.emergencyOn")}</strong>}
          </p>
          <h2>{t("admin.group.calendars")}</h2>
          <table className="lines" id="hours-calendars">
            <tbody>
              {data.calendars.map((one) => (
                <tr key={one.name} data-calendar={one.name} data-state={one.state}>
                  <th scope="row">{one.name}</th>
                  <td>
                    <strong>{t(`admin.dayState.${one.state}`)}</strong>
                  </td>
                  <td>
                    {t(`admin.cause.${one.cause}`)}
                    {one.carried && ` · ${t("admin.carried")}`}
                    {!one.year_known && ` · ${t("admin.yearUnknown")}`}
                  </td>
                  <td>{one.hours.join(t("comma")) || t("admin.noHours")}</td>
                  <td>
                    {one.changes_at === null
                      ? t("admin.noChange")
                      : t("admin.changesAt", { at: moment(one.changes_at) })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <h2>{t("admin.sentWhere")}</h2>
          <table className="lines" id="hours-branches">
            <tbody>
              {data.branches.map((one) => (
                <tr key={`${one.tree} ${one.node}`} data-tree={one.tree}>
                  <th scope="row">
                    <Link href={`/trees/${one.tree}`}>{one.title}</Link>
                  </th>
                  <td>{one.numbers.join(t("comma")) || t("admin.otherNumbers")}</td>
                  <td>{t("admin.begins", { node: one.begins })}</td>
                  <td>
                    {one.node
                      ? t("admin.goesTo", {
                          node: one.node,
                          calendar: one.calendar,
                          to: one.goes_to,
                        })
                      : t("admin.asksNoHours")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {data.queues.length > 0 && (
            <>
              <h2>{t("admin.group.queues")}</h2>
              <table className="lines">
                <tbody>
                  {data.queues.map((one) => (
                    <tr key={one.queue}>
                      <th scope="row">{one.queue}</th>
                      <td>{one.calendar}</td>
                      <td>{t(one.open ? "admin.dayState.open" : "admin.dayState.closed")}</td>
                      <td>{t(`admin.closing.${one.closing}`)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </>
          )}
        </>
      )}
    </section>
  );
}
