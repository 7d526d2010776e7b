// Which talk this supervisor is with, and how; the ways to be with it otherwise, and out of it.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { language } from "../i18n";
import { useFloor } from "../live/hooks";
import { usePhone } from "../phone/Phone";
import { TROUBLES } from "../phone/words";
import { useWatching, WAYS } from "./watching";

export function WatchBar() {
  const { t } = useTranslation();
  const { watched, begin, leave } = useWatching();
  const { state } = usePhone();
  const agent = useFloor((floor) => floor.agents.get(watched?.agent ?? ""));
  if (!watched) return null;
  const name = agent?.name || watched.agent;
  const there = state.call?.watching && state.call.stage === "talking";
  const { registration } = state;
  const away = registration === "elsewhere" || registration === "taken";
  const trouble = away ? t(`phone.${registration}`) : "";
  const why = state.trouble ? TROUBLES[state.trouble][language()] : trouble;
  return (
    <section
      id="watching"
      className="watching"
      data-how={watched.how}
      aria-label={t("watch.title")}
    >
      <p aria-live="polite">
        <b>{t(`watch.with.${watched.how}`, { name })}</b>{" "}
        <span className="quiet">
          {t(there ? `watch.heard.${watched.how}` : "watch.connecting")}
        </span>
        {why && <span className="wrong"> {why}</span>}
      </p>
      <div className="watching-ways">
        {WAYS.map((how) => (
          <Button
            key={how}
            variant={how === watched.how ? "filled" : "default"}
            aria-pressed={how === watched.how}
            onClick={() => how !== watched.how && begin({ ...watched, how })}
          >
            {t(`watch.${how}`)}
          </Button>
        ))}
        <Button variant="default" onClick={leave}>
          {t("watch.leave")}
        </Button>
      </div>
    </section>
  );
}
