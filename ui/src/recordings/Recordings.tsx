// Recordings found by what is known of them, page by page; one chosen is a page of its own.

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, type Schema, told } from "../api/client";
import { named } from "../i18n";
import { useFloor, useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { lasting, phoneNumber } from "../look/time";
import { dayBegins } from "./wave";
import "./recordings.css";

const PAGE = 50;
const FLAWS = ["any", "missing", "empty", "silent", "silent_caller", "silent_agent"] as const;
const NOTHING = {
  number: "",
  ticket: "",
  queue: "",
  agent: "",
  kind: "",
  flaw: "",
  from: "",
  to: "",
  longer: "",
  score: "",
  held: "",
};
type Wanted = typeof NOTHING;

export function Recordings() {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(NOTHING);
  const [asked, setAsked] = useState(NOTHING);
  const { data, hasNextPage, fetchNextPage, isPending, error } = useInfiniteQuery({
    queryKey: ["recordings", asked],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      told(
        api.GET("/api/v1/recordings", {
          params: { query: { ...query(asked), limit: PAGE, before: pageParam } },
        }),
      ),
    getNextPageParam: ({ next }) => next || undefined,
  });
  const found = data?.pages.flatMap((page) => page.recordings) ?? [];
  return (
    <main className="recordings">
      <h1>{t("recordings.title")}</h1>
      <form
        className="recordings-asked"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(wanted);
        }}
      >
        <Fields wanted={wanted} change={(part) => setWanted({ ...wanted, ...part })} />
        <div className="recordings-go">
          <Button type="submit">{t("recordings.search")}</Button>
          <Button
            variant="default"
            onClick={() => {
              setWanted(NOTHING);
              setAsked(NOTHING);
            }}
          >
            {t("recordings.clear")}
          </Button>
        </div>
      </form>
      {error && (
        <p role="alert" className="wrong">
          {error.message}
        </p>
      )}
      {!isPending && !error && found.length === 0 && (
        <p className="quiet">{t("recordings.nothing")}</p>
      )}
      {found.length > 0 && <Found found={found} />}
      {hasNextPage && (
        <Button variant="default" onClick={() => void fetchNextPage()}>
          {t("recordings.older")}
        </Button>
      )}
    </main>
  );
}

function Fields({ wanted, change }: { wanted: Wanted; change: (part: Partial<Wanted>) => void }) {
  const { t } = useTranslation();
  const queues = useFloor((floor) => floor.queues);
  const agents = useFloor((floor) => floor.agents);
  const text = (name: keyof Wanted, type = "text") => (
    <TextInput
      label={t(`recordings.${name}` as "recordings.number")}
      type={type}
      min={0}
      value={wanted[name]}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  );
  const choice = (name: keyof Wanted, data: { value: string; label: string }[]) => (
    <NativeSelect
      label={t(`recordings.${name}` as "recordings.number")}
      data={[{ value: "", label: t("recordings.all") }, ...data]}
      value={wanted[name]}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <>
      {text("number", "tel")}
      {choice(
        "queue",
        [...queues.values()].map((one) => ({ value: one.id, label: named(one.names, one.id) })),
      )}
      {choice(
        "agent",
        [...agents.values()].map((one) => ({
          value: one.id,
          label: `${one.name} ${one.staff_number}`,
        })),
      )}
      {text("from", "date")}
      {text("to", "date")}
      {text("longer", "number")}
      {text("ticket")}
      {choice("kind", [
        { value: "talk", label: t("recordings.talk") },
        { value: "voicemail", label: t("recordings.voicemail") },
      ])}
      {choice(
        "flaw",
        FLAWS.map((value) => ({ value, label: t(`recordings.flaws.${value}`) })),
      )}
      {text("score", "number")}
      {choice("held", [{ value: "true", label: t("recordings.heldOnly") }])}
    </>
  );
}

function Found({ found }: { found: readonly Schema["Recording"][] }) {
  const { t } = useTranslation();
  const now = useNow();
  const queues = useFloor((floor) => floor.queues);
  const agents = useFloor((floor) => floor.agents);
  return (
    <table className="lines" id="recordings">
      <thead>
        <tr>
          <th scope="col">{t("recordings.at")}</th>
          <th scope="col">{t("recordings.number")}</th>
          <th scope="col">{t("recordings.queue")}</th>
          <th scope="col">{t("recordings.agent")}</th>
          <th scope="col">{t("recordings.lasts")}</th>
          <th scope="col">{t("recordings.scored")}</th>
          <th scope="col">{t("recordings.state")}</th>
        </tr>
      </thead>
      <tbody>
        {found.map((one) => (
          <tr key={one.id} data-recording={one.id}>
            <td>
              <Link href={`/recordings/${encodeURIComponent(one.id)}`}>
                {moment(one.made_at, now)}
              </Link>
            </td>
            <td>{phoneNumber(one.number)}</td>
            <td>{one.queue && named(queues.get(one.queue)?.names, one.queue)}</td>
            <td>{one.agent && (agents.get(one.agent)?.name ?? one.agent)}</td>
            <td>{lasting(one.seconds)}</td>
            <td>{one.score === null ? "" : Math.round(one.score)}</td>
            <td>
              <Signs recording={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What is to be known of it at a glance, each in a word. */
export function Signs({ recording }: { recording: Schema["Recording"] }) {
  const { t } = useTranslation();
  return (
    <span className="signs">
      {recording.kind === "voicemail" && <i data-sign="voicemail">{t("recordings.voicemail")}</i>}
      {recording.flaw && (
        <i data-sign="flaw">
          {t(`recordings.flaws.${recording.flaw}` as "recordings.flaws.silent")}
        </i>
      )}
      {recording.hold_why && <i data-sign="held">{t("recordings.isHeld")}</i>}
      {!recording.path && !["missing", "empty"].includes(recording.flaw) && (
        <i data-sign="gone">{t("recordings.gone")}</i>
      )}
    </span>
  );
}

function query(asked: Wanted) {
  const filled: Record<string, string | number> = {};
  for (const name of ["number", "ticket", "queue", "agent", "kind", "flaw", "held"] as const) {
    if (asked[name].trim()) filled[name] = asked[name].trim();
  }
  const since = dayBegins(asked.from);
  const until = dayBegins(asked.to, 1);
  if (since !== undefined) filled.since = since;
  if (until !== undefined) filled.until = until;
  if (asked.longer) filled.longer_s = Number(asked.longer);
  if (asked.score) filled.score_to = Number(asked.score);
  return filled as Record<string, never>;
}
