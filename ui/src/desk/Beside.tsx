// What stands beside a ticket: other tickets (linked, merged, split) and files.

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { api, Refused, send, told } from "../api/client";
import { language } from "../i18n";
import type { Ticket } from "./tickets";

const DO = ["related", "follows", "merge"] as const;

export function Beside({ ticket }: { ticket: Ticket }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [other, setOther] = useState("");
  const [what, setWhat] = useState<(typeof DO)[number]>("related");
  const picked = useRef<HTMLInputElement>(null);
  const path = { params: { path: { id: ticket.id } } };
  const doing = useMutation({
    mutationFn: (work: () => Promise<Ticket>) => work(),
    onSuccess: async (found) => {
      await queries.invalidateQueries({ queryKey: ["ticket"] });
      setOther("");
      if (found.id !== ticket.id) go(`/desk/ticket/${found.id}`);
    },
  });
  const join = () => {
    const id = other.trim().replace(/^#/, "");
    if (!id) return;
    doing.mutate(() =>
      what === "merge"
        ? told(api.POST("/api/v1/tickets/{id}/merge", { ...path, body: { into: id } }))
        : told(
            api.PUT("/api/v1/tickets/{id}/links", { ...path, body: { ticket: id, kind: what } }),
          ),
    );
  };
  const part = (id: string) =>
    doing.mutate(() =>
      told(api.PUT("/api/v1/tickets/{id}/links", { ...path, body: { ticket: id, kind: null } })),
    );
  const unmerge = () => doing.mutate(() => told(api.POST("/api/v1/tickets/{id}/unmerge", path)));
  const split = () =>
    doing.mutate(() =>
      told(
        api.POST("/api/v1/tickets/{id}/split", {
          ...path,
          body: { calls: [], title: t("desk.splitTitle"), language: language() },
        }),
      ),
    );
  const attach = (file: File) => {
    const where = `/api/v1/tickets/${ticket.id}/files?name=${encodeURIComponent(file.name)}`;
    doing.mutate(() => send<Ticket>(where, file));
  };
  return (
    <section className="desk-box" aria-labelledby="beside-title">
      <h2 id="beside-title">{t("desk.beside")}</h2>
      <ul id="links">
        {ticket.links.map((link) => (
          <li key={link.ticket}>
            {t(`desk.link.${link.kind}`)}{" "}
            <Link href={`/desk/ticket/${link.ticket}`}>#{link.ticket}</Link>{" "}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={t("desk.partFrom", { id: link.ticket })}
              onClick={() => part(link.ticket)}
            >
              ✕
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="facts-row"
        onSubmit={(event) => {
          event.preventDefault();
          join();
        }}
      >
        <NativeSelect
          id="join-how"
          aria-label={t("desk.beside")}
          value={what}
          data={DO.map((value) => ({ value, label: t(`desk.join.${value}`) }))}
          onChange={(event) => setWhat(event.currentTarget.value as (typeof DO)[number])}
        />
        <TextInput
          id="join-with"
          aria-label={t("desk.ticketNumber")}
          placeholder="#"
          maxLength={20}
          value={other}
          onChange={(event) => setOther(event.currentTarget.value)}
        />
        <Button id="join" type="submit" variant="default" disabled={!other.trim()}>
          {t("desk.doJoin")}
        </Button>
      </form>
      <div className="facts-row">
        {ticket.merged_into && (
          <Button id="unmerge" variant="light" onClick={unmerge}>
            {t("desk.unmerge")}
          </Button>
        )}
        <Button id="split" variant="default" onClick={split}>
          {t("desk.split")}
        </Button>
        <Button id="attach" variant="default" onClick={() => picked.current?.click()}>
          {t("desk.attach")}
        </Button>
        <input
          ref={picked}
          id="file"
          type="file"
          hidden
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) attach(file);
            event.currentTarget.value = "";
          }}
        />
      </div>
      <ul id="files">
        {ticket.files.map((file) => (
          <li key={file.id}>
            <a href={`/api/v1/tickets/${ticket.id}/files/${file.id}`} download={file.name}>
              {file.name}
            </a>{" "}
            <span className="quiet">{Math.ceil(file.bytes / 1024)} kB</span>
          </li>
        ))}
      </ul>
      {doing.error && (
        <p role="alert" className="wrong" id="beside-refused">
          {doing.error instanceof Refused ? doing.error.message : t("unreachable")}
        </p>
      )}
    </section>
  );
}
