// Trunks, called numbers and outbound routes, each proved by a test call: what would become of it
// first, then the call itself, hop by hop. It ends by itself.

import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";

type Way = Schema["TrialQuery"]["way"];
type Trial = Schema["TestCall"];
interface Wish {
  way: Way;
  number: string;
}
const LOOK_EVERY_MS = 400;

export function Trials() {
  const { t } = useTranslation();
  const [wish, setWish] = useState<Wish>();
  const [number, setNumber] = useState("");
  const { data } = useQuery({
    queryKey: ["trials"],
    queryFn: () => told(api.GET("/api/v1/trials")),
    refetchInterval: 5_000,
  });
  return (
    <section className="trials">
      <header className="document-bar">
        <h1>{t("admin.part.trials")}</h1>
      </header>
      <p className="hint">{t("trial.means")}</p>
      {data && <Trunks trunks={data.trunks} />}
      {data && <Routes routes={data.routes} />}
      <form
        className="trial-out"
        onSubmit={(event) => {
          event.preventDefault();
          setWish({ way: "out", number });
        }}
      >
        <TextInput
          id="trial-number"
          label={t("trial.callNumber")}
          description={t("trial.callMeans")}
          value={number}
          inputMode="tel"
          autoComplete="off"
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <Button id="trial-out" type="submit" variant="default" disabled={!number.trim()}>
          {t("trial.wayOut")}
        </Button>
      </form>
      {data && (
        <Numbers
          numbers={data.numbers}
          chosen={wish?.way === "in" ? wish.number : ""}
          choose={(one) => setWish({ way: "in", number: one })}
        />
      )}
      {wish && <Prove key={`${wish.way} ${wish.number}`} wish={wish} />}
    </section>
  );
}

function Trunks({ trunks }: { trunks: Schema["Ways"]["trunks"] }) {
  const { t, i18n } = useTranslation();
  const states = Object.entries(trunks);
  return (
    <section aria-labelledby="trial-trunks">
      <h2 id="trial-trunks">{t("trial.trunks")}</h2>
      {states.length === 0 && <p className="hint">{t("trial.noTrunks")}</p>}
      <ul className="trial-trunks">
        {states.map(([name, state]) => (
          <li key={name} data-trunk={name} data-state={state}>
            <b>{name}</b>{" "}
            {i18n.exists(`trial.state.${state}`) ? t(`trial.state.${state as "idle"}`) : state}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Routes({ routes }: { routes: Schema["RouteLine"][] }) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="trial-routes">
      <h2 id="trial-routes">{t("trial.routes")}</h2>
      {routes.length === 0 ? (
        <p className="hint">{t("trial.noRoutes")}</p>
      ) : (
        <table className="lines">
          <thead>
            <tr>
              <th scope="col">{t("trial.route")}</th>
              <th scope="col">{t("trial.trunk")}</th>
              <th scope="col">{t("trial.takes")}</th>
              <th scope="col">{t("trial.not")}</th>
              <th scope="col">{t("trial.cap")}</th>
            </tr>
          </thead>
          <tbody>
            {routes.map((one) => (
              <tr key={one.name} data-route={one.name}>
                <td>{one.name}</td>
                <td>{one.trunk}</td>
                <td>{one.allow.join(t("comma"))}</td>
                <td>{one.deny.join(t("comma")) || "–"}</td>
                <td>{one.cap}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Numbers(props: {
  numbers: Schema["NumberLine"][];
  chosen: string;
  choose: (number: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <section aria-labelledby="trial-numbers">
      <h2 id="trial-numbers">{t("trial.numbers")}</h2>
      {props.numbers.length === 0 && <p className="hint">{t("trial.noNumbers")}</p>}
      <ul className="trial-numbers">
        {props.numbers.map(({ number, tree }) => (
          <li key={number} data-number={number}>
            <code>{number}</code> <span>{tree}</span>
            <Button
              size="compact-sm"
              variant={props.chosen === number ? "filled" : "default"}
              aria-label={t("trial.tryNumber", { number })}
              onClick={() => props.choose(number)}
            >
              {t("trial.try")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What would become of this call, and the call itself. */
function Prove({ wish }: { wish: Wish }) {
  const { t, i18n } = useTranslation();
  const [id, setId] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const plan = useQuery({
    queryKey: ["trial-plan", wish],
    queryFn: () => told(api.GET("/api/v1/trials/plan", { params: { query: wish } })),
    retry: false,
  });
  const trial = useQuery({
    queryKey: ["trial", id],
    queryFn: () => told(api.GET("/api/v1/trials/{id}", { params: { path: { id } } })),
    enabled: id !== "",
    refetchInterval: (query) => (query.state.data?.over ? false : LOOK_EVERY_MS),
  });
  const begin = async () => {
    setBusy(true);
    setWrong("");
    try {
      setId((await told(api.POST("/api/v1/trials", { body: wish }))).id);
    } catch (error) {
      setWrong(error instanceof Refused ? error.message : t("unreachable"));
    } finally {
      setBusy(false);
    }
  };
  const found = plan.data;
  const running = id !== "" && !trial.data?.over;
  const refused = plan.error instanceof Refused ? plan.error.message : "";
  return (
    <section id="trial" className="trial" aria-labelledby="trial-title">
      <h2 id="trial-title">{t(`trial.title.${wish.way}`, { number: wish.number })}</h2>
      {refused && (
        <p className="wrong" role="alert">
          {refused}
        </p>
      )}
      {found && (
        <p id="trial-plan" data-denied={found.denied}>
          {found.denied
            ? t(`trial.denied.${found.denied as "no_route"}`)
            : found.way === "out"
              ? t("trial.goesOut", {
                  route: found.route,
                  trunk: found.trunk,
                  written: found.written,
                  shown: found.shown || "–",
                  cap: found.cap,
                })
              : t(found.known ? "trial.comesIn" : "trial.comesInUnknown", {
                  tree: found.tree,
                  nodes: found.nodes?.join(" → ") || "–",
                })}
        </p>
      )}
      {found && !found.denied && (
        <Button id="trial-begin" loading={busy} disabled={running} onClick={() => void begin()}>
          {t(wish.way === "out" ? "trial.callOut" : "trial.callIn")}
        </Button>
      )}
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
      <div aria-live="polite">
        {trial.data && <HowFar trial={trial.data} exists={(key) => i18n.exists(key)} />}
      </div>
    </section>
  );
}

function HowFar({ trial, exists }: { trial: Trial; exists: (key: string) => boolean }) {
  const { t } = useTranslation();
  const cause = trial.cause && exists(`trial.cause.${trial.cause}`) ? trial.cause : "other";
  return (
    <>
      <table id="trial-hops" className="lines" data-over={trial.over}>
        <thead>
          <tr>
            <th scope="col">{t("trial.hop")}</th>
            <th scope="col">{t("trial.after")}</th>
            <th scope="col">{t("trial.detail")}</th>
          </tr>
        </thead>
        <tbody>
          {trial.hops?.map((hop) => (
            <tr key={`${hop.name} ${hop.at}`} data-hop={hop.name}>
              <td>{t(`trial.hops.${hop.name as "session"}`)}</td>
              <td className="figure">
                {t("trial.ms", { ms: Math.round(((hop.at ?? trial.at) - trial.at) * 1000) })}
              </td>
              <td>{hop.name === "refused" ? "" : hop.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {(trial.nodes?.length ?? 0) > 0 && (
        <p id="trial-nodes">{t("trial.entered", { nodes: trial.nodes?.join(" → ") })}</p>
      )}
      {trial.denied && (
        <p className="wrong" role="alert">
          {t(`trial.denied.${trial.denied as "no_route"}`)}
        </p>
      )}
      {(trial.cause ?? 0) > 0 && (
        <p id="trial-refused" className="wrong" role="alert">
          {t(`trial.cause.${cause as "other"}`, { cause: trial.cause })}
        </p>
      )}
      {trial.over && !trial.denied && !trial.cause && <p id="trial-over">{t("trial.over")}</p>}
    </>
  );
}
