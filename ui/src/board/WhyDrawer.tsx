// Why this agent and no other: each offer of one call as the engine explained it.

import { Drawer, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { named } from "../i18n";
import { useFloor } from "../live/hooks";
import { lasting } from "../look/time";

type Why = Schema["Why"];

export function WhyDrawer({ call, close }: { call: string | null; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={call !== null}
      onClose={close}
      position="right"
      size="lg"
      title={t("why.title")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {call !== null && <Offers call={call} />}
    </Drawer>
  );
}

function Offers({ call }: { call: string }) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["why", call],
    queryFn: () => told(api.GET("/api/v1/calls/{id}/why", { params: { path: { id: call } } })),
    refetchInterval: 2_000,
  });
  if (error) {
    return <p role="alert">{error instanceof Refused ? error.message : t("unreachable")}</p>;
  }
  if (!data) return <Loader />;
  if (data.offers.length === 0) return <p className="quiet">{t("why.none")}</p>;
  return (
    <ol className="why" id="why">
      {data.offers.map((offer) => (
        <Offer key={offer.offer} offer={offer} />
      ))}
    </ol>
  );
}

function Offer({ offer }: { offer: Why }) {
  const { t, i18n } = useTranslation();
  const agents = useFloor((floor) => floor.agents);
  const queue = useFloor((floor) => floor.queues.get(offer.queue));
  const name = (id: string) => {
    const agent = agents.get(id);
    return agent ? `${agent.name} ${agent.staff_number}` : id;
  };
  const word = (key: string, otherwise: string) =>
    i18n.exists(key) ? t(key as "reason.break") : otherwise;
  const relaxed = offer.relaxed ?? [];
  const passed = Object.entries(offer.passed ?? {});
  const rest = Object.entries(offer.rest ?? {}).filter(([, n]) => n > 0);
  return (
    <li>
      <h3>
        {t("why.attempt", { n: offer.attempt ?? 1 })}: {name(offer.agent)}
      </h3>
      <p>
        {offer.again
          ? t("why.again")
          : t("why.chosen", {
              queue: named(queue?.names, offer.queue),
              tier: offer.tier,
              idle: lasting(offer.idle_s),
              waited: lasting(offer.waited_s),
            })}
      </p>
      {relaxed.length > 0 && (
        <p>
          {t("why.relaxed", {
            needs: relaxed.map(({ skill, level }) => `${skill} ${level}`).join(t("comma")),
          })}
        </p>
      )}
      {offer.nobody_else && <p>{t("why.nobodyElse")}</p>}
      {passed.length > 0 && (
        <dl>
          {passed.map(([reason, ids]) => (
            <div key={reason}>
              <dt>{word(`passed.${reason}`, reason)}</dt>
              <dd>{ids.map(name).join(t("comma"))}</dd>
            </div>
          ))}
        </dl>
      )}
      {rest.length > 0 && (
        <p className="quiet">
          {t("why.rest")}{" "}
          {rest.map(([state, n]) => `${word(`state.${state}`, state)} ${n}`).join(t("comma"))}
        </p>
      )}
    </li>
  );
}
