// What went out by mail and webhook, what waits and why; and a trial whether it works.

import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schema, told } from "../api/client";

const EVERY_MS = 5_000;

export function Outgoing() {
  const { t } = useTranslation();
  const { data, refetch } = useQuery({
    queryKey: ["outgoing"],
    queryFn: () => told(api.GET("/api/v1/outgoing", { params: { query: { limit: 50 } } })),
    refetchInterval: EVERY_MS,
  });
  const again = useMutation({
    mutationFn: (id: number) =>
      told(api.POST("/api/v1/outgoing/{id}/again", { params: { path: { id: String(id) } } })),
    onSettled: () => void refetch(),
  });
  const lines = data?.lines ?? [];
  return (
    <section className="outgoing" aria-labelledby="outgoing-title">
      <h2 id="outgoing-title">{t("outgoing.title")}</h2>
      <Trial posted={() => void refetch()} />
      {lines.length === 0 && <p className="quiet">{t("outgoing.nothing")}</p>}
      {lines.length > 0 && (
        <table className="calls">
          <thead>
            <tr>
              <th scope="col">{t("outgoing.at")}</th>
              <th scope="col">{t("outgoing.to")}</th>
              <th scope="col">{t("outgoing.key")}</th>
              <th scope="col">{t("outgoing.state")}</th>
            </tr>
          </thead>
          <tbody id="outgoing">
            {lines.map((line) => (
              <Row key={line.id} line={line} again={() => again.mutate(line.id)} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ line, again }: { line: Schema["OutgoingLine"]; again: () => void }) {
  const { t, i18n } = useTranslation();
  const time = (at: number) => new Date(at * 1000).toLocaleString(i18n.language);
  const state = line.sent_at ? "sent" : line.again_at ? "waits" : "givenUp";
  const failed = state !== "sent" && line.tries > 0;
  return (
    <tr data-key={line.key} data-state={state}>
      <td>{time(line.made_at)}</td>
      <td>
        {t(`outgoing.kind.${line.kind as "letter"}`)} {line.kind === "hook" && line.to}
      </td>
      <td>{line.key}</td>
      <td>
        {t(`outgoing.${state}`, { at: time(line.sent_at ?? line.again_at ?? 0) })}
        {failed && (
          <p className="warned">{t("outgoing.failed", { n: line.tries, why: line.error })}</p>
        )}
        {failed && (
          <Button size="compact-xs" variant="default" onClick={again}>
            {t("outgoing.again")}
          </Button>
        )}
      </td>
    </tr>
  );
}

function Trial({ posted }: { posted: () => void }) {
  const { t } = useTranslation();
  const [to, setTo] = useState("");
  const trial = useMutation({
    mutationFn: () => told(api.POST("/api/v1/outgoing/trial", { body: { to } })),
    onSuccess: posted,
  });
  return (
    <form
      className="entries-new"
      onSubmit={(event) => {
        event.preventDefault();
        trial.mutate();
      }}
    >
      <TextInput
        id="trial-to"
        label={t("outgoing.trialTo")}
        value={to}
        error={trial.error?.message}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={!to.trim()} loading={trial.isPending}>
        {t("outgoing.trial")}
      </Button>
    </form>
  );
}
