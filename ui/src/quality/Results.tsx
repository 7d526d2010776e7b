// What talks were judged to be, newest first; and how each agent stands. An agent, who sees her own,
// may say once that she does not agree.

import { Button, NativeSelect, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Refused, told } from "../api/client";
import { useFloor, useNow } from "../live/hooks";
import { moment } from "../look/moment";
import type { Assessment } from "./quality";

const STATES = ["open", "differs", "told", "disputed", "decided", "compared"] as const;

export function Results({ own = false }: { own?: boolean }) {
  const { t } = useTranslation();
  const [state, setState] = useState<(typeof STATES)[number] | "">("");
  const { data } = useQuery({
    queryKey: ["scoring", "results", state],
    queryFn: () =>
      told(
        api.GET("/api/v1/scoring/results", { params: { query: state ? { state } : {} } as never }),
      ),
  });
  const results = data?.results ?? [];
  return (
    <section>
      {!own && (
        <>
          <h1>{t("quality.part.results")}</h1>
          <NativeSelect
            className="quality-which"
            label={t("quality.state")}
            value={state}
            data={[
              { value: "", label: t("quality.any") },
              ...STATES.map((one) => ({ value: one, label: t(`quality.states.${one}`) })),
            ]}
            onChange={(event) => setState(event.currentTarget.value as typeof state)}
          />
        </>
      )}
      {data && results.length === 0 && <p className="quiet">{t("quality.none")}</p>}
      <ul className="quality-results" id="results">
        {results.map((one) => (
          <li key={one.id} data-result={one.id} data-state={one.state}>
            <Line result={one} own={own} />
            {own && one.state === "told" && <Dispute id={one.id} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ result, own }: { result: Assessment; own: boolean }) {
  const { t } = useTranslation();
  const now = useNow();
  const agent = useFloor((floor) => floor.agents.get(result.agent ?? ""));
  return (
    <>
      <p className="quality-line">
        <b className="quality-score" data-fatal={result.fatal}>
          {result.score ?? "–"}
        </b>
        <Link href={own ? `/recordings/${result.recording}` : `/quality/results/${result.id}`}>
          {agent?.name ?? result.agent ?? result.recording} · {moment(result.made_at, now)}
        </Link>
        <span className="signs">
          <i>{t(`quality.states.${result.state}`)}</i>
          {result.kind !== "single" && <i>{t(`quality.kinds.${result.kind}`)}</i>}
          {result.fatal && <i data-sign="flaw">{t("quality.fatal")}</i>}
        </span>
      </p>
      {result.dispute && (
        <p className="quiet">{t("quality.disputeSays", { text: result.dispute })}</p>
      )}
      {result.decision && (
        <p className="quiet">
          {t("quality.decisionSays", { who: result.decided_by, text: result.decision })}
        </p>
      )}
    </>
  );
}

function Dispute({ id }: { id: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState<string>();
  const { mutate, error, isPending } = useMutation({
    mutationFn: () =>
      told(
        api.POST("/api/v1/scoring/results/{id}/dispute", {
          params: { path: { id } },
          body: { text: text ?? "" },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["scoring"] }),
  });
  if (text === undefined) {
    return (
      <Button variant="default" size="xs" onClick={() => setText("")}>
        {t("quality.dispute")}
      </Button>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <Textarea
        autoFocus
        required
        maxLength={2000}
        label={t("quality.disputeWhy")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={error instanceof Refused ? error.message : undefined}
      />
      <Button mt="xs" type="submit" disabled={!text.trim()} loading={isPending}>
        {t("quality.disputeSend")}
      </Button>
    </form>
  );
}

export function Agents() {
  const { t } = useTranslation();
  const agents = useFloor((floor) => floor.agents);
  const { data } = useQuery({
    queryKey: ["scoring", "figures"],
    queryFn: () => told(api.GET("/api/v1/scoring/figures")),
  });
  const found = data?.agents ?? [];
  return (
    <section>
      <h1>{t("quality.part.agents")}</h1>
      {data && found.length === 0 && <p className="quiet">{t("quality.none")}</p>}
      {found.length > 0 && (
        <table className="lines" id="agents">
          <thead>
            <tr>
              <th scope="col">{t("quality.agent")}</th>
              <th scope="col">{t("quality.count")}</th>
              <th scope="col">{t("quality.mean")}</th>
              <th scope="col">{t("quality.fatal")}</th>
              <th scope="col">{t("quality.disputed")}</th>
            </tr>
          </thead>
          <tbody>
            {found.map((one) => (
              <tr key={one.agent}>
                <td>{agents.get(one.agent)?.name ?? one.agent}</td>
                <td>{one.count}</td>
                <td>{one.mean}</td>
                <td>{one.fatal}</td>
                <td>{one.disputed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
