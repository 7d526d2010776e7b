// A call that rings while the agent looks elsewhere: a notification of the computer's when the page is
// hidden, a line above any other face.

import { Button } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { named } from "../i18n";
import type { PopLine } from "../live/floor";
import { useFloor } from "../live/hooks";
import { phoneNumber } from "../look/time";

export function CallNotice({ agent }: { agent: string }) {
  const { t } = useTranslation();
  const [place, go] = useLocation();
  const offered = useFloor((floor) => floor.agents.get(agent)?.state === "offered");
  const pop = useFloor((floor) => floor.pops.get(agent));
  const queue = useFloor((floor) => floor.queues.get(pop?.queue ?? ""));
  const call = offered && pop ? pop.pop.call : "";
  const who = pop ? nameOf(pop) || t("pop.unknown") : "";
  const from = queue ? named(queue.names, queue.id) : "";

  useEffect(() => {
    if (!call || document.visibilityState !== "hidden" || !("Notification" in window)) return;
    if (Notification.permission !== "granted") return;
    const shown = new Notification(t("notice.call", { who }), { body: from, tag: call });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
    return () => shown.close();
  }, [call, who, from, t]);

  if (!call || place === "/") return null;
  return (
    <div className="call-elsewhere" role="alert">
      <b>{t("notice.call", { who })}</b> <span>{from}</span>
      <Button onClick={() => go("/")}>{t("notice.there")}</Button>
    </div>
  );
}

function nameOf({ pop }: PopLine): string {
  const best = pop.matches[0];
  if (best?.sure) return best.name;
  return pop.number ? phoneNumber(pop.number) : "";
}
