// Customers to be asked how it went: who, why, until when; called from here, and written down.

import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { useBegun } from "../live/hooks";
import { useSession, watches } from "../session/session";
import { AGAIN_MS, CAUSES, type Cause, LIST, PAGE } from "./followUps";
import { Item } from "./Item";
import { Kept } from "./Kept";
import "./followups.css";

export function FollowUps() {
  const begun = useBegun();
  return begun ? <List /> : <main className="follow-ups" aria-busy="true" />;
}

function List() {
  const { t } = useTranslation();
  const leads = watches(useSession());
  const [whose, setWhose] = useState(leads ? "all" : "mine");
  const [over, setOver] = useState(false);
  const [cause, setCause] = useState<Cause | "">("");
  const [skip, setSkip] = useState(0);
  const { data, error } = useQuery({
    queryKey: [LIST, whose, over, cause, skip],
    queryFn: () =>
      told(
        api.GET("/api/v1/follow-ups", {
          params: { query: { whose, over, skip, limit: PAGE, ...(cause && { cause }) } },
        }),
      ),
    refetchInterval: AGAIN_MS,
    placeholderData: (former) => former,
  });
  const found = data?.follow_ups ?? [];
  return (
    <main className="follow-ups">
      <h1>{t("followUps.title")}</h1>
      {leads && <Kept />}
      <form className="follow-ask" onSubmit={(event) => event.preventDefault()}>
        {leads && (
          <NativeSelect
            label={t("followUps.whose")}
            value={whose}
            data={[
              { value: "all", label: t("followUps.all") },
              { value: "mine", label: t("followUps.mine") },
            ]}
            onChange={(event) => {
              setWhose(event.currentTarget.value);
              setSkip(0);
            }}
          />
        )}
        <NativeSelect
          id="follow-over"
          label={t("followUps.state")}
          value={over ? "over" : "waiting"}
          data={[
            { value: "waiting", label: t("followUps.waiting") },
            { value: "over", label: t("followUps.over") },
          ]}
          onChange={(event) => {
            setOver(event.currentTarget.value === "over");
            setSkip(0);
          }}
        />
        <NativeSelect
          label={t("followUps.why")}
          value={cause}
          data={[
            { value: "", label: t("followUps.any") },
            ...CAUSES.map((one) => ({ value: one, label: t(`followUps.cause.${one}`) })),
          ]}
          onChange={(event) => {
            setCause(event.currentTarget.value as Cause | "");
            setSkip(0);
          }}
        />
      </form>
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      {data && found.length === 0 && <p className="quiet">{t("followUps.none")}</p>}
      <ul id="follow-ups">
        {found.map((one) => (
          <Item key={one.follow_up.task.id} standing={one} />
        ))}
      </ul>
      {(skip > 0 || data?.more) && (
        <p className="follow-ask">
          <Button variant="default" disabled={skip === 0} onClick={() => setSkip(skip - PAGE)}>
            {t("followUps.before")}
          </Button>
          <Button variant="default" disabled={!data?.more} onClick={() => setSkip(skip + PAGE)}>
            {t("followUps.next")}
          </Button>
        </p>
      )}
    </main>
  );
}
