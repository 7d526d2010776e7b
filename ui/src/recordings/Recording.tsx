// One recording: heard, held, fetched; who listened before.

import { Button, Modal, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Refused, type Schema, told } from "../api/client";
import { named } from "../i18n";
import { useFloor } from "../live/hooks";
import { lasting, phoneNumber } from "../look/time";
import { Assign } from "../quality/Assign";
import { useSession, watches } from "../session/session";
import { Voices } from "../voice/Voices";
import { Player } from "./Player";
import { Signs } from "./Recordings";
import "./recordings.css";

export function Recording({ id }: { id: string }) {
  const { t } = useTranslation();
  const session = useSession();
  const { data, error } = useRecording(id);
  return (
    <main className="recordings">
      <p>
        <Link href="/recordings">← {t("recordings.title")}</Link>
      </p>
      {error && (
        <p role="alert" className="wrong">
          {error.message}
        </p>
      )}
      {data && (
        <>
          <About recording={data.recording} />
          <Player detail={data} />
          {watches(session) && <Acts recording={data.recording} />}
          {watches(session) && <HeardBefore id={id} />}
          <h2>{t("voice.title")}</h2>
          <Voices call={data.recording.call} />
        </>
      )}
    </main>
  );
}

export function useRecording(id: string) {
  return useQuery({
    queryKey: ["recording", id],
    queryFn: () => told(api.GET("/api/v1/recordings/{id}", { params: { path: { id } } })),
  });
}

function About({ recording }: { recording: Schema["Recording"] }) {
  const { t, i18n } = useTranslation();
  const queue = useFloor((floor) => floor.queues.get(recording.queue ?? ""));
  const agent = useFloor((floor) => floor.agents.get(recording.agent ?? ""));
  const facts: [string, string][] = [
    [t("recordings.at"), new Date(recording.made_at * 1000).toLocaleString(i18n.language)],
    [t("recordings.number"), phoneNumber(recording.number)],
    [t("recordings.queue"), recording.queue ? named(queue?.names, recording.queue) : ""],
    [
      t("recordings.agent"),
      agent ? `${agent.name} ${agent.staff_number}` : (recording.agent ?? ""),
    ],
    [t("recordings.lasts"), lasting(recording.seconds)],
    [t("recordings.scored"), recording.score === null ? "" : `${Math.round(recording.score)}`],
  ];
  return (
    <header className="recording-about">
      <h1>
        {t(recording.kind === "voicemail" ? "recordings.voicemail" : "recordings.talk")}{" "}
        <Signs recording={recording} />
      </h1>
      <dl>
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {recording.hold_why && (
        <p className="recording-held">
          {t("recordings.heldBy", { who: recording.hold_by })} {recording.hold_why}
        </p>
      )}
    </header>
  );
}

function Acts({ recording }: { recording: Schema["Recording"] }) {
  const { t } = useTranslation();
  const session = useSession();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"" | "hold" | "erase" | "score">("");
  const params = { params: { path: { id: recording.id } } };
  const changed = () => {
    setAsking("");
    void queries.invalidateQueries({ queryKey: ["recording", recording.id] });
  };
  const failed = (error: Error) => {
    notifications.show({ color: "red", message: error.message });
  };
  const fetchIt = useMutation({
    mutationFn: () => told(api.POST("/api/v1/recordings/{id}/link", params)),
    onSuccess: ({ url }) => location.assign(url),
    onError: failed,
  });
  const lift = useMutation({
    mutationFn: () => api.DELETE("/api/v1/recordings/{id}/hold", params),
    onSuccess: changed,
    onError: failed,
  });
  const erase = useMutation({
    mutationFn: () => api.DELETE("/api/v1/recordings/{id}", params),
    onSuccess: changed,
    onError: failed,
  });
  if (!recording.path) return null;
  const admin = session.roles.includes("admin");
  return (
    <div className="recording-acts">
      <Button variant="default" loading={fetchIt.isPending} onClick={() => fetchIt.mutate()}>
        {t("recordings.download")}
      </Button>
      {recording.kind === "talk" && (
        <Button variant="default" onClick={() => setAsking("score")}>
          {t("quality.assign")}
        </Button>
      )}
      {asking === "score" && <Assign recording={recording.id} close={() => setAsking("")} />}
      {admin && !recording.hold_why && (
        <>
          <Button variant="default" onClick={() => setAsking("hold")}>
            {t("recordings.hold")}
          </Button>
          <Button variant="default" color="red" onClick={() => setAsking("erase")}>
            {t("recordings.erase")}
          </Button>
        </>
      )}
      {admin && recording.hold_why && (
        <Button variant="default" loading={lift.isPending} onClick={() => lift.mutate()}>
          {t("recordings.lift")}
        </Button>
      )}
      {asking === "hold" && <Hold id={recording.id} done={changed} close={() => setAsking("")} />}
      <Modal
        opened={asking === "erase"}
        onClose={() => setAsking("")}
        title={t("recordings.erase")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        <p>{t("recordings.eraseSure")}</p>
        <Button mt="md" color="red" loading={erase.isPending} onClick={() => erase.mutate()}>
          {t("recordings.erase")}
        </Button>
      </Modal>
    </div>
  );
}

function Hold({ id, done, close }: { id: string; done: () => void; close: () => void }) {
  const { t } = useTranslation();
  const [why, setWhy] = useState("");
  const { mutate, error, isPending } = useMutation({
    mutationFn: () =>
      told(api.PUT("/api/v1/recordings/{id}/hold", { params: { path: { id } }, body: { why } })),
    onSuccess: done,
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("recordings.hold")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <TextInput
          data-autofocus
          required
          maxLength={500}
          label={t("recordings.why")}
          description={t("recordings.holdMeans")}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
          error={error instanceof Refused ? error.message : undefined}
        />
        <Button mt="md" type="submit" loading={isPending}>
          {t("recordings.hold")}
        </Button>
      </form>
    </Modal>
  );
}

function HeardBefore({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery({
    queryKey: ["heard", id],
    refetchInterval: 15_000,
    queryFn: () => told(api.GET("/api/v1/recordings/{id}/heard", { params: { path: { id } } })),
  });
  return (
    <section aria-labelledby="heard-title">
      <h2 id="heard-title">{t("recordings.heard")}</h2>
      {data?.heard.length === 0 && <p className="quiet">{t("recordings.nobodyHeard")}</p>}
      {data !== undefined && data.heard.length > 0 && (
        <table className="lines" id="heard">
          <thead>
            <tr>
              <th scope="col">{t("recordings.at")}</th>
              <th scope="col">{t("recordings.who")}</th>
              <th scope="col">{t("recordings.how")}</th>
              <th scope="col">{t("recordings.part")}</th>
              <th scope="col">{t("recordings.address")}</th>
            </tr>
          </thead>
          <tbody>
            {data.heard.map((line) => (
              <tr key={`${line.who} ${line.at} ${line.play}`}>
                <td>{new Date(line.at * 1000).toLocaleString(i18n.language)}</td>
                <td>{line.who}</td>
                <td>{t(`recordings.hows.${line.how}`)}</td>
                <td>
                  {line.parts
                    .map(([from = 0, until = 0]) => `${lasting(from)}–${lasting(until)}`)
                    .join(t("comma"))}
                </td>
                <td>{line.address}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
