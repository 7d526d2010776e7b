// What callers will hear, and what some of them hear now: plans with their time, and two versions side
// by side with what came of their callers.

import { Button, NumberInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { Said } from "./NodeForm";
import { type Came, type Plan, type Trial, useRollout } from "./rollout";
import { differ } from "./shares";

const COUNT_MS = 30_000;
const MEASURES = ["queued", "served", "left", "other"] as const;
const NOBODY: Came = { calls: 0, queued: 0, served: 0, left: 0, other: 0 };

export function Rollout({ id, locked }: { id: string; locked: boolean }) {
  const { t } = useTranslation();
  const { plans, trials, running, again } = useRollout(id);
  const [problem, setProblem] = useState("");
  const act = async (doing: Promise<unknown>) => {
    try {
      await doing;
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("unreachable"));
    }
    await again();
  };
  const over = trials.filter((one) => one.ended_at !== null);
  const path = { params: { path: { id } } };
  if (plans.length + trials.length === 0) return null;
  return (
    <div className="rollout">
      {problem && (
        <p className="wrong" role="alert">
          {problem}
        </p>
      )}
      {plans.map((one) => (
        <Planned
          key={one.id}
          plan={one}
          locked={locked}
          drop={() =>
            void act(
              told(
                api.DELETE("/api/v1/trees/{id}/plans/{plan}", {
                  params: { path: { id, plan: one.id } },
                }),
              ),
            )
          }
        />
      ))}
      {running && (
        <Running
          key={running.id}
          trial={running}
          locked={locked}
          change={(share) =>
            void act(told(api.PUT("/api/v1/trees/{id}/trials/share", { ...path, body: { share } })))
          }
          end={(keep) =>
            void act(told(api.POST("/api/v1/trees/{id}/trials/end", { ...path, body: { keep } })))
          }
        />
      )}
      {over.length > 0 && (
        <details className="trials-over">
          <summary>{t("rollout.before", { count: over.length })}</summary>
          {over.map((one) => (
            <section key={one.id}>
              <p className="quiet">
                <Period trial={one} /> · {one.by} · {one.share} %
              </p>
              <p>{t("rollout.kept", { version: nameOf(one, one.kept) })}</p>
              <Beside trial={one} />
            </section>
          ))}
        </details>
      )}
    </div>
  );
}

function Planned(props: { plan: Plan; locked: boolean; drop: () => void }) {
  const { plan } = props;
  const { t, i18n } = useTranslation();
  const failed = plan.failed_at !== null;
  return (
    <section className="plan" data-plan={plan.id} data-failed={failed || undefined}>
      <p role={failed ? "alert" : undefined}>
        <strong>{new Date(plan.at * 1000).toLocaleString(i18n.language)}</strong>{" "}
        {t(failed ? "rollout.failed" : "rollout.planned")} <code>{plan.version}</code>
      </p>
      <p className="quiet">{plan.by}</p>
      {(plan.findings ?? []).map((one) => (
        <Said key={one.rule + one.where} finding={one} />
      ))}
      {!props.locked && (
        <Button size="compact-sm" variant="default" onClick={props.drop}>
          {t(failed ? "rollout.seen" : "rollout.drop")}
        </Button>
      )}
    </section>
  );
}

function Running(props: {
  trial: Trial;
  locked: boolean;
  change: (share: number) => void;
  end: (keep: "a" | "b") => void;
}) {
  const { trial, locked } = props;
  const { t } = useTranslation();
  const [share, setShare] = useState<number | string>(trial.share);
  const wanted = Number(share);
  return (
    <section className="trial" data-trial={trial.id}>
      <h3>{t("rollout.running", { share: trial.share })}</h3>
      <p className="quiet">
        <Period trial={trial} /> · {trial.by}
      </p>
      <Beside trial={trial} />
      {!locked && (
        <div className="trial-acts">
          <NumberInput
            size="xs"
            label={t("rollout.share")}
            value={share}
            onChange={setShare}
            min={1}
            max={99}
            allowDecimal={false}
            clampBehavior="strict"
            suffix=" %"
          />
          <Button
            size="xs"
            variant="default"
            disabled={!(wanted >= 1) || wanted === trial.share}
            onClick={() => props.change(wanted)}
          >
            {t("rollout.change")}
          </Button>
          <Button size="xs" variant="light" id="keep-a" onClick={() => props.end("a")}>
            {t("rollout.keepA")}
          </Button>
          <Button size="xs" id="keep-b" onClick={() => props.end("b")}>
            {t("rollout.keepB")}
          </Button>
        </div>
      )}
    </section>
  );
}

/** What came of the callers of each, and where that is more than chance. */
function Beside({ trial }: { trial: Trial }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery({
    queryKey: ["rollout", trial.tree, "figures", trial.id, trial.ended_at],
    queryFn: () =>
      told(
        api.GET("/api/v1/trees/{id}/paths", {
          params: {
            path: { id: trial.tree },
            query: {
              since: trial.began_at,
              until: Math.max(trial.ended_at ?? Date.now() / 1000, trial.began_at + 1),
            },
          },
        }),
      ),
    refetchInterval: trial.ended_at === null ? COUNT_MS : false,
  });
  const a = data?.versions[trial.a] ?? NOBODY;
  const b = data?.versions[trial.b] ?? NOBODY;
  const number = (one: number) => one.toLocaleString(i18n.language);
  const share = (part: number, of: number) =>
    of
      ? (part / of).toLocaleString(i18n.language, { style: "percent", maximumFractionDigits: 1 })
      : "";
  return (
    <table className="beside">
      <thead>
        <tr>
          <td />
          <th scope="col">
            A <code>{trial.a}</code>
          </th>
          <th scope="col">
            B <code>{trial.b}</code>
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{t("rollout.came.calls")}</th>
          <td>{number(a.calls)}</td>
          <td>{number(b.calls)}</td>
          <td />
        </tr>
        {MEASURES.map((one) => {
          const sure = differ(a[one], a.calls, b[one], b.calls);
          return (
            <tr key={one} data-measure={one}>
              <th scope="row">{t(`rollout.came.${one}`)}</th>
              <td>
                {number(a[one])} <small>{share(a[one], a.calls)}</small>
              </td>
              <td>
                {number(b[one])} <small>{share(b[one], b.calls)}</small>
              </td>
              <td data-sure={sure}>{t(`rollout.sure.${sure}`)}</td>
            </tr>
          );
        })}
      </tbody>
      {data && !data.complete && (
        <caption>{t("paths.newest", { calls: number(data.calls) })}</caption>
      )}
    </table>
  );
}

function Period({ trial }: { trial: Trial }) {
  const { i18n } = useTranslation();
  const day = (at: number) => new Date(at * 1000).toLocaleString(i18n.language);
  return (
    <>
      {day(trial.began_at)} – {trial.ended_at === null ? "" : day(trial.ended_at)}
    </>
  );
}

function nameOf(trial: Trial, version: string): string {
  if (version === trial.a) return `A ${version}`;
  return version === trial.b ? `B ${version}` : version;
}
