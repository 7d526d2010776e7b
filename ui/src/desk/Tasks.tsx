// What this person has to do, soonest due first; what came of it is written down as it is done.

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Refused, type Schema, told } from "../api/client";
import { named } from "../i18n";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { useSession, watches } from "../session/session";

type Task = Schema["Task"];
const AGAIN_MS = 10_000;
const STATES = ["open", "unfinished", "done", "cancelled"] as const;

export function Tasks() {
  const { t } = useTranslation();
  const leads = watches(useSession());
  const [whose, setWhose] = useState("mine");
  const [state, setState] = useState<Task["state"]>("open");
  const { data, error } = useQuery({
    queryKey: ["tasks", whose, state],
    queryFn: () =>
      told(api.GET("/api/v1/tasks", { params: { query: { whose, state, limit: 200 } } })),
    refetchInterval: AGAIN_MS,
  });
  return (
    <section className="desk-list" aria-labelledby="tasks-title">
      <h1 id="tasks-title">{t("desk.part.tasks")}</h1>
      <div className="desk-filters">
        {leads && (
          <NativeSelect
            id="tasks-whose"
            label={t("desk.whose")}
            value={whose}
            data={["mine", "all"].map((value) => ({
              value,
              label: t(`desk.tasksOf.${value}` as "desk.tasksOf.mine"),
            }))}
            onChange={(event) => setWhose(event.currentTarget.value)}
          />
        )}
        <NativeSelect
          id="tasks-state"
          label={t("ticket.state")}
          value={state}
          data={STATES.map((value) => ({ value, label: t(`desk.taskState.${value}`) }))}
          onChange={(event) => setState(event.currentTarget.value as Task["state"])}
        />
      </div>
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      <ul className="tasks" id="tasks">
        {data?.tasks.map((task) => (
          <Line key={task.id} task={task} />
        ))}
      </ul>
      {data?.tasks.length === 0 && <p className="quiet desk-empty">{t("desk.noTasks")}</p>}
    </section>
  );
}

function Line({ task }: { task: Task }) {
  const { t } = useTranslation();
  const now = useNow();
  const queries = useQueryClient();
  const [outcome, setOutcome] = useState("");
  const { mutate, isPending, error } = useMutation({
    mutationFn: (state: Task["state"]) => {
      const body = { version: task.version, state, outcome: outcome.trim() };
      return told(
        api.PATCH("/api/v1/tasks/{id}", { params: { path: { id: `${task.id}` } }, body }),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["tasks"] }),
  });
  const late = task.state === "open" && task.due_at != null && task.due_at < now;
  return (
    <li className="task" data-task={task.id} data-kind={task.kind} data-late={late}>
      <div className="task-what">
        <p>
          <b>{t(`desk.taskKind.${task.kind}`)}</b> {named(task.titles, "")}
        </p>
        <p className="quiet">
          {task.due_at != null && (
            <span className="clock-chip" data-look={late ? "late" : "runs"}>
              <span aria-hidden="true">{late ? "✕" : "◔"}</span>{" "}
              {t(late ? "desk.lateSince" : "desk.by", { at: moment(task.due_at, now) })}
            </span>
          )}{" "}
          {task.ticket && <Link href={`/desk/ticket/${task.ticket}`}>#{task.ticket}</Link>}{" "}
          {task.number}
          {task.outcome && ` — ${task.outcome}`}
        </p>
      </div>
      <div className="task-acts">
        {task.kind === "follow_up" || task.kind === "low_score" ? (
          <Link href="/followups">{t("desk.byRecord")}</Link>
        ) : task.state === "open" || task.state === "unfinished" ? (
          <>
            <TextInput
              aria-label={t("desk.outcome")}
              placeholder={t("desk.outcome")}
              maxLength={2_000}
              value={outcome}
              onChange={(event) => setOutcome(event.currentTarget.value)}
            />
            <Button loading={isPending} data-do="done" onClick={() => mutate("done")}>
              {t("desk.done")}
            </Button>
            {task.state === "open" && (
              <Button variant="default" disabled={isPending} onClick={() => mutate("unfinished")}>
                {t("desk.unfinished")}
              </Button>
            )}
          </>
        ) : (
          <Button variant="default" disabled={isPending} onClick={() => mutate("open")}>
            {t("desk.reopen")}
          </Button>
        )}
      </div>
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
    </li>
  );
}
