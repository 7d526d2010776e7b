// The audio of a call or a ticket, for the pages that show those: closed until somebody wants to
// hear, and nothing at all where there is none.

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schema, told } from "../api/client";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { lasting } from "../look/time";
import { useRecording } from "./Recording";
import { Signs } from "./Recordings";
import "./recordings.css";

const Player = lazy(async () => ({ default: (await import("./Player")).Player }));

export function Audios(of: { call: string } | { ticket: string }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ["recordings-of", of],
    queryFn: () => told(api.GET("/api/v1/recordings", { params: { query: { ...of, limit: 20 } } })),
  });
  if (!data || data.recordings.length === 0) return null;
  return (
    <section className="audios" aria-label={t("recordings.title")}>
      <h3>{t("recordings.title")}</h3>
      <ul>
        {data.recordings.map((one) => (
          <One key={one.id} recording={one} />
        ))}
      </ul>
    </section>
  );
}

function One({ recording }: { recording: Schema["Recording"] }) {
  const { t } = useTranslation();
  const now = useNow();
  const [open, setOpen] = useState(false);
  return (
    <li>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(recording.kind === "voicemail" ? "recordings.voicemail" : "recordings.talk")}{" "}
        <time>{moment(recording.made_at, now)}</time> {lasting(recording.seconds)}{" "}
        <Signs recording={recording} />
      </button>
      {open && (
        <Suspense>
          <Opened id={recording.id} />
        </Suspense>
      )}
    </li>
  );
}

function Opened({ id }: { id: string }) {
  const { data } = useRecording(id);
  return data ? <Player detail={data} /> : null;
}
