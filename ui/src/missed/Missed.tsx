// Calls that reached nobody: who takes which, and what came of it. Any range; the page keeps nothing.

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { useDial } from "../desktop/talk";
import { language } from "../i18n";
import { useBegun, useNow } from "../live/hooks";
import { useSession, watches } from "../session/session";
import "./missed.css";

type Task = Schema["Task"];
const STATES = ["open", "unfinished", "done", "cancelled"] as const;
const KINDS = ["call_back", "voicemail"] as const;
const PAGE = 50;
const EVERY_MS = 10_000;
const DAY_S = 86_400;

interface Wanted {
  kind: (typeof KINDS)[number] | "";
  state: (typeof STATES)[number] | "";
  from: string;
  to: string;
}

export function Missed() {
  const begun = useBegun();
  return begun ? <Worklist /> : <main className="missed" aria-busy="true" />;
}

function Worklist() {
  const { t } = useTranslation();
  const session = useSession();
  const [wanted, setWanted] = useState<Wanted>({ kind: "", state: "open", from: "", to: "" });
  const [skip, setSkip] = useState(0);
  const ask = (change: Partial<Wanted>) => {
    setWanted({ ...wanted, ...change });
    setSkip(0);
  };
  const whose = watches(session) ? "all" : "mine";
  const { data } = useQuery({
    queryKey: ["missed", whose, wanted, skip],
    queryFn: () => find(whose, wanted, skip),
    refetchInterval: EVERY_MS,
    placeholderData: (former) => former,
  });
  const tasks = data?.tasks ?? [];
  return (
    <main className="missed">
      <h1>{t("missed.title")}</h1>
      <form className="missed-ask" onSubmit={(event) => event.preventDefault()}>
        <NativeSelect
          label={t("missed.kind")}
          value={wanted.kind}
          data={[
            { value: "", label: t("missed.any") },
            ...KINDS.map((kind) => ({ value: kind, label: t(`missed.kinds.${kind}`) })),
          ]}
          onChange={(event) => ask({ kind: event.currentTarget.value as Wanted["kind"] })}
        />
        <NativeSelect
          label={t("missed.state")}
          value={wanted.state}
          data={[
            { value: "", label: t("missed.any") },
            ...STATES.map((state) => ({ value: state, label: t(`missed.states.${state}`) })),
          ]}
          onChange={(event) => ask({ state: event.currentTarget.value as Wanted["state"] })}
        />
        <TextInput
          type="date"
          label={t("missed.from")}
          value={wanted.from}
          onChange={(event) => ask({ from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t("missed.to")}
          value={wanted.to}
          onChange={(event) => ask({ to: event.currentTarget.value })}
        />
      </form>
      {data && tasks.length === 0 && <p className="quiet">{t("missed.none")}</p>}
      <ul id="missed">
        {tasks.map((task) => (
          <Item key={task.id} task={task} />
        ))}
      </ul>
      {(skip > 0 || data?.more) && (
        <p className="missed-pages">
          <Button variant="default" disabled={skip === 0} onClick={() => setSkip(skip - PAGE)}>
            {t("missed.sooner")}
          </Button>
          <Button variant="default" disabled={!data?.more} onClick={() => setSkip(skip + PAGE)}>
            {t("missed.later")}
          </Button>
        </p>
      )}
    </main>
  );
}

function Item({ task }: { task: Task }) {
  const { t, i18n } = useTranslation();
  const session = useSession();
  const now = useNow();
  const [outcome, setOutcome] = useState("");
  const change = useChange(task);
  const mine = task.owner === `person:${session.person}`;
  const open = task.state === "open" || task.state === "unfinished";
  const late = open && task.due_at !== null && task.due_at < now;
  const close = (state: "done" | "unfinished") => change.mutate({ state, outcome });
  return (
    <li className="missed-item" data-task={task.id} data-state={task.state} data-late={late}>
      <div>
        <p className="missed-title">
          <b>{task.number}</b> {task.titles[language()] ?? task.titles.en ?? task.kind}
        </p>
        <p className="quiet">
          {new Date(task.opened_at * 1000).toLocaleString(i18n.language)} · {owner(task.owner, t)}
          {late && <b className="missed-late"> · {t("missed.late")}</b>}
          {task.outcome && ` · ${task.outcome}`}
        </p>
      </div>
      <div className="missed-do">
        {open && !mine && (
          <Button
            variant="default"
            onClick={() => change.mutate({ owner: `person:${session.person}` })}
          >
            {t("missed.take")}
          </Button>
        )}
        {open && mine && (
          <>
            {session.agent && task.number && <Call agent={session.agent} number={task.number} />}
            <TextInput
              aria-label={t("missed.outcome")}
              placeholder={t("missed.outcome")}
              value={outcome}
              maxLength={2_000}
              onChange={(event) => setOutcome(event.currentTarget.value)}
            />
            <Button disabled={!outcome.trim()} onClick={() => close("done")}>
              {t("missed.done")}
            </Button>
            {task.state === "open" && (
              <Button variant="default" onClick={() => close("unfinished")}>
                {t("missed.unreached")}
              </Button>
            )}
          </>
        )}
        {!open && (
          <Button variant="subtle" onClick={() => change.mutate({ state: "open", outcome: "" })}>
            {t("missed.again")}
          </Button>
        )}
      </div>
    </li>
  );
}

/** Her own telephone is rung first. */
function Call({ agent, number }: { agent: string; number: string }) {
  const { t } = useTranslation();
  const { mutate, isPending } = useDial(agent);
  return (
    <Button variant="default" data-do="call" loading={isPending} onClick={() => mutate(number)}>
      {t("missed.call")}
    </Button>
  );
}

type Change = { owner: string } | { state: "done" | "unfinished" | "open"; outcome: string };

function useChange(task: Task) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Change) =>
      told(
        api.PATCH("/api/v1/tasks/{id}", {
          params: { path: { id: String(task.id) } },
          body: { version: task.version, ...change } as Schema["TaskChange"],
        }),
      ),
    onError: (error) =>
      notifications.show({
        color: "red",
        message: error instanceof Refused ? error.message : t("unreachable"),
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ["missed"] }),
  });
}

/** Both kinds are asked for side by side: a task is of one. */
async function find(whose: "all" | "mine", wanted: Wanted, skip: number) {
  const kinds = wanted.kind ? [wanted.kind] : KINDS;
  const query = {
    whose,
    limit: PAGE,
    skip,
    ...(wanted.state && { state: wanted.state }),
    ...(wanted.from && { opened_from: Date.parse(`${wanted.from}T00:00`) / 1000 }),
    ...(wanted.to && { opened_before: Date.parse(`${wanted.to}T00:00`) / 1000 + DAY_S }),
  };
  const found = await Promise.all(
    kinds.map((kind) => told(api.GET("/api/v1/tasks", { params: { query: { ...query, kind } } }))),
  );
  const tasks = found.flatMap((page) => page.tasks);
  tasks.sort((one, other) => other.opened_at - one.opened_at);
  return { tasks, more: found.some((page) => page.more) };
}

function owner(who: string, t: TFunction): string {
  const [kind, name = ""] = who.split(":");
  return kind === "role" ? t("missed.anybody") : name;
}
