// Customers from a file: sent in parts, read by the hotline beside its calls, bad rows by line.

import { Button, FileButton, Progress } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";

type Import = Schema["Import"];
const FOLLOW_MS = 700;
const KEY = ["customer-imports"];

export function Customers() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [sending, setSending] = useState<number>();
  const [problem, setProblem] = useState("");
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => told(api.GET("/api/v1/customer-imports")),
    refetchInterval: (query) =>
      query.state.data?.imports.some((one) => one.state === "running") ? FOLLOW_MS : false,
  });
  const send = async (file: File | null) => {
    if (!file) return;
    setProblem("");
    setSending(0);
    try {
      await sent(file, data?.part_bytes ?? 500_000, setSending);
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("unreachable"));
    }
    setSending(undefined);
    void client.invalidateQueries({ queryKey: KEY });
  };
  return (
    <section className="imports">
      <h1>{t("imports.title")}</h1>
      <p className="quiet">{t("imports.about")}</p>
      <FileButton onChange={(file) => void send(file)} accept=".csv,.txt,text/csv">
        {(props) => (
          <Button {...props} id="import-file" loading={sending !== undefined}>
            {t("imports.choose")}
          </Button>
        )}
      </FileButton>
      {sending !== undefined && (
        <Progress value={100 * sending} aria-label={t("imports.sending")} />
      )}
      <p className="wrong" role="alert">
        {problem}
      </p>
      <ol id="imports">
        {(data?.imports ?? []).map((one) => (
          <Line key={one.id} one={one} />
        ))}
      </ol>
    </section>
  );
}

function Line({ one }: { one: Import }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { report } = one;
  const stop = async () => {
    await api.DELETE("/api/v1/customer-imports/{id}", { params: { path: { id: one.id } } });
    void client.invalidateQueries({ queryKey: KEY });
  };
  const share = report.total_bytes ? (100 * report.read_bytes) / report.total_bytes : 0;
  return (
    <li className="import" data-state={one.state}>
      <p>
        <b>{one.name}</b> <span className="quiet">{t(`imports.state.${one.state}`)}</span>
      </p>
      {one.state === "running" && (
        <>
          <Progress value={share} aria-label={t("imports.reading")} />
          <Button variant="default" size="compact-sm" onClick={() => void stop()}>
            {t("imports.stop")}
          </Button>
        </>
      )}
      <p>
        {t("imports.figures", {
          rows: report.rows,
          added: report.added,
          updated: report.updated,
          same: report.same,
          bad: report.bad,
        })}
      </p>
      {one.why && <p className="wrong">{one.why}</p>}
      {report.ignored_columns.length > 0 && (
        <p className="warned">
          {t("imports.ignored", { names: report.ignored_columns.join(", ") })}
        </p>
      )}
      {report.bad_rows.length > 0 && (
        <table className="calls">
          <thead>
            <tr>
              <th scope="col">{t("imports.line")}</th>
              <th scope="col">{t("imports.reason")}</th>
            </tr>
          </thead>
          <tbody className="import-bad">
            {report.bad_rows.map((row) => (
              <tr key={row.line}>
                <td>{row.line}</td>
                <td>{row.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </li>
  );
}

/** Part by part; `share` of what is there so far. The hotline reads it when all of it is. */
async function sent(file: File, part: number, share: (now: number) => void): Promise<void> {
  const body = { name: file.name, size: file.size };
  const { id } = await told(api.POST("/api/v1/customer-imports", { body }));
  for (let at = 0; at < file.size; at += part) {
    await api.PUT("/api/v1/customer-imports/{id}/parts/{offset}", {
      params: { path: { id, offset: String(at) } },
      body: (await file.slice(at, at + part).arrayBuffer()) as never,
      bodySerializer: (bytes: unknown) => bytes as BodyInit,
      headers: { "Content-Type": "application/octet-stream" },
    } as never);
    share(Math.min(1, (at + part) / file.size));
  }
  await api.POST("/api/v1/customer-imports/{id}/begin", { params: { path: { id } } });
}
