// Who changed what, newest first.

import { Button, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, told } from "../api/client";

const PAGE = 50;

export function Audit() {
  const { t, i18n } = useTranslation();
  const [who, setWho] = useState("");
  const [subject, setSubject] = useState("");
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["audit", who, subject],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      told(
        api.GET("/api/v1/audit", {
          params: {
            query: {
              limit: PAGE,
              who: who.trim(),
              subject: subject.trim(),
              ...(pageParam === undefined ? {} : { before: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: ({ deeds }) => (deeds.length < PAGE ? undefined : deeds.at(-1)?.id),
  });
  const deeds = data?.pages.flatMap((page) => page.deeds) ?? [];
  return (
    <section className="audit">
      <header className="document-bar">
        <h1>{t("admin.part.audit")}</h1>
        <TextInput
          label={t("admin.who")}
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
        />
        <TextInput
          label={t("admin.subject")}
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
      </header>
      <table className="lines" id="deeds">
        <thead>
          <tr>
            <th scope="col">{t("admin.at")}</th>
            <th scope="col">{t("admin.who")}</th>
            <th scope="col">{t("admin.what")}</th>
            <th scope="col">{t("admin.subject")}</th>
            <th scope="col">{t("admin.beforeAfter")}</th>
          </tr>
        </thead>
        <tbody>
          {deeds.map((one) => (
            <tr key={one.id}>
              <td>{new Date(one.at * 1000).toLocaleString(i18n.language)}</td>
              <td>{one.who}</td>
              <td>
                <code>{one.what}</code>
              </td>
              <td>{one.subject}</td>
              <td className="deed-change">
                {one.before && <del>{one.before}</del>} {one.after && <ins>{one.after}</ins>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hasNextPage && (
        <Button variant="default" onClick={() => void fetchNextPage()}>
          {t("admin.older")}
        </Button>
      )}
    </section>
  );
}
