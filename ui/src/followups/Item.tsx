// One customer to be asked: why, until when, what was tried; the call, and the short form.

import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Refused, told } from "../api/client";
import { named } from "../i18n";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { phoneNumber } from "../look/time";
import { useSession } from "../session/session";
import { Ended } from "./Ended";
import { LIST, type Standing } from "./followUps";

export function Item({ standing }: { standing: Standing }) {
  const { t } = useTranslation();
  const { follow_up: one, obstacle } = standing;
  const task = one.task;
  const waits = task.state === "open";
  const [writing, setWriting] = useState(false);
  return (
    <li className="follow-up" data-task={task.id} data-obstacle={obstacle ?? ""}>
      <div className="follow-what">
        <p className="follow-who">
          <b>{phoneNumber(task.number) || t("followUps.noNumber")}</b>
          {(one.level === "vip" || one.level === "gold") && (
            <span className="follow-key">{t(`followUps.level.${one.level}`)}</span>
          )}
          <span>{named(task.titles, "")}</span>
        </p>
        <Reasons standing={standing} />
        <Tries standing={standing} />
      </div>
      {waits && (
        <div className="follow-do">
          <Call standing={standing} called={() => setWriting(true)} />
          <Button variant="default" data-do="write" onClick={() => setWriting(!writing)}>
            {t("followUps.write")}
          </Button>
        </div>
      )}
      {waits && writing && <Ended standing={standing} close={() => setWriting(false)} />}
    </li>
  );
}

function Reasons({ standing }: { standing: Standing }) {
  const { t } = useTranslation();
  const now = useNow();
  const { task, reasons } = standing.follow_up;
  const late = task.state === "open" && task.due_at != null && task.due_at < now;
  return (
    <p className="quiet follow-why">
      {task.due_at != null && task.state === "open" && (
        <span className="follow-chip" data-look={late ? "late" : "runs"}>
          <span aria-hidden="true">{late ? "✕" : "◔"}</span>{" "}
          {t(late ? "followUps.late" : "followUps.by", { at: moment(task.due_at, now) })}
        </span>
      )}
      {reasons.map((reason) => (
        <span key={`${reason.cause}${reason.at}`} className="follow-chip">
          {t(`followUps.cause.${reason.cause}`)}
          {reason.score != null && ` ${reason.score}`}
          {` · ${moment(reason.at, now)}`}
          {reason.ticket && (
            <>
              {" "}
              <Link href={`/desk/ticket/${reason.ticket}`}>#{reason.ticket}</Link>
            </>
          )}
        </span>
      ))}
      {task.owner.startsWith("person:") && <span>{task.owner.slice("person:".length)}</span>}
    </p>
  );
}

function Tries({ standing }: { standing: Standing }) {
  const { t } = useTranslation();
  const now = useNow();
  const { tries, answers, ending } = standing.follow_up;
  if (tries.length === 0) return null;
  return (
    <ol className="follow-tries">
      {tries.map((one) => (
        <li key={one.at}>
          <time>{moment(one.at, now)}</time> {one.who} · {t(`followUps.ending.${one.ending}`)}
          {one.note && <q>{one.note}</q>}
        </li>
      ))}
      {ending === "complete" && (
        <li>
          {t(answers.solved ? "followUps.wasSolved" : "followUps.notSolved")} ·{" "}
          {t("followUps.gave", { score: answers.score })}
        </li>
      )}
    </ol>
  );
}

/** Takes it, then has her own telephone and the customer's rung. */
function Call({ standing, called }: { standing: Standing; called: () => void }) {
  const { t } = useTranslation();
  const now = useNow();
  const session = useSession();
  const queries = useQueryClient();
  const { task } = standing.follow_up;
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (agent: string) => {
      await told(
        api.POST("/api/v1/follow-ups/{id}/take", {
          params: { path: { id: `${task.id}` } },
          body: { version: task.version },
        }),
      );
      await told(
        api.POST("/api/v1/agents/{id}/dial", {
          params: { path: { id: agent } },
          body: { number: task.number, queue: null },
        }),
      );
    },
    onSuccess: called,
    onSettled: () => queries.invalidateQueries({ queryKey: [LIST] }),
  });
  const { obstacle, callable_at: at } = standing;
  const agent = session.agent;
  return (
    <>
      {obstacle && (
        <p className="quiet" data-obstacle={obstacle}>
          {t(`followUps.obstacle.${obstacle}`, { at: at == null ? "" : moment(at, now) })}
        </p>
      )}
      {agent && (
        <Button
          data-do="call"
          disabled={obstacle !== null}
          loading={isPending}
          onClick={() => mutate(agent)}
        >
          {t("followUps.call")}
        </Button>
      )}
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
    </>
  );
}
