// Calls the hotline without a telephone: a number, a keypad, and what is going on in words.

import { Alert, Button, Paper, TextInput, Title } from "@mantine/core";
import type { TFunction } from "i18next";
import { type FormEvent, useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { api, told } from "../api/client";
import { language } from "../i18n";
import { Look } from "../look/Look";
import { lasting } from "../look/time";
import { TROUBLES } from "../phone/words";
import { type Ask, CallerLine, type LineState } from "./line";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

const ask: Ask = (number, known_as) =>
  told(api.POST("/api/v1/call", { body: { number, known_as } }));
const line = new CallerLine(ask);
window.addEventListener("pagehide", () => line.hangUp());

export function Caller({ embedded }: { embedded: boolean }) {
  const { t } = useTranslation();
  const state = useSyncExternalStore(line.subscribe, () => line.now);
  const [numbers, setNumbers] = useState<string[]>([]);
  const [number, setNumber] = useState("");
  const [closed, setClosed] = useState("");
  const calling = state.stage !== "idle";

  useEffect(() => {
    told(api.GET("/api/v1/call")).then(
      ({ numbers: found }) => {
        setNumbers(found);
        setNumber((typed) => typed || (found[0] ?? ""));
      },
      (error: Error) => setClosed(error.message),
    );
  }, []);
  useEffect(() => {
    document.title = t("caller.title");
  }, [t]);
  useEffect(() => {
    if (!embedded) return;
    const aside = (event: KeyboardEvent) => {
      const menu = document.querySelector('[role="menu"]');
      if (event.key === "Escape" && !menu) window.parent.postMessage("threering-aside", "*");
    };
    window.addEventListener("keydown", aside);
    return () => window.removeEventListener("keydown", aside);
  }, [embedded]);
  useEffect(() => {
    if (state.stage !== "talking") return;
    const pressed = (event: KeyboardEvent) => {
      if (!event.ctrlKey && !event.altKey && !event.metaKey) line.press(event.key);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [state.stage]);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (calling) line.hangUp();
    else void line.dial(number);
  }

  function key(name: string) {
    if (state.stage === "talking") line.press(name);
    else if (!calling) setNumber((typed) => typed + name);
  }

  return (
    <main className="caller" data-embedded={embedded || undefined} data-stage={state.stage}>
      <Paper className="caller-card" withBorder shadow={embedded ? undefined : "md"} radius="lg">
        <header className="caller-top">
          <Title order={1} size="h4">
            {t("caller.title")}
          </Title>
          <div className="tools">
            <Look />
          </div>
        </header>
        <form className="caller-form" onSubmit={submit}>
          <TextInput
            id="number"
            size="lg"
            type="tel"
            label={t(calling ? "caller.pressed" : "caller.number")}
            value={calling ? state.pressed : number}
            readOnly={calling}
            autoComplete="off"
            onChange={(event) => setNumber(event.currentTarget.value)}
          />
          {!calling && numbers.length > 1 && (
            <ul className="caller-numbers" aria-label={t("caller.known")}>
              {numbers.map((one) => (
                <li key={one}>
                  <Button size="sm" variant="default" onClick={() => setNumber(one)}>
                    {one}
                  </Button>
                </li>
              ))}
            </ul>
          )}
          {/* A named group of keys: what it is for is not seen by who only hears. */}
          <fieldset className="keypad">
            <legend className="unseen">{t("caller.keypad")}</legend>
            {KEYS.map((name) => (
              <Button
                key={name}
                className="key"
                variant="default"
                aria-label={keyName(name, t)}
                onClick={() => key(name)}
              >
                {name}
              </Button>
            ))}
          </fieldset>
          <div className="caller-act">
            <Button
              id="call"
              type="submit"
              size="lg"
              fullWidth
              data-calling={calling || undefined}
              disabled={!calling && (closed !== "" || !number.trim())}
            >
              {t(calling ? "caller.hangUp" : "caller.call")}
            </Button>
            {state.stage === "talking" && (
              <Button
                id="mute"
                size="lg"
                variant="default"
                aria-pressed={state.muted}
                onClick={() => line.mute(!state.muted)}
              >
                {t(state.muted ? "caller.unmute" : "caller.mute")}
              </Button>
            )}
          </div>
        </form>
        <p className="caller-now" role="status">
          {now(state, t)} {state.stage === "talking" && <Lasting since={state.since} />}
        </p>
        <div role="alert" id="trouble">
          {(closed || state.refused || state.trouble) && (
            <Alert color="red" variant="light">
              {closed || state.refused || troubled(state, t)}
            </Alert>
          )}
        </div>
        <p className="quiet caller-name">
          {state.caller ? t("caller.shownAs", { name: state.caller }) : t("caller.anonymous")}
        </p>
      </Paper>
    </main>
  );
}

type Say = TFunction;

function now({ stage, over }: LineState, t: Say): string {
  if (stage === "idle") return over ? t("caller.over") : "";
  return t(`caller.stage.${stage}`);
}

function troubled({ trouble }: LineState, t: Say): string {
  switch (trouble) {
    case "":
      return "";
    case "no_webrtc":
    case "no_codec":
    case "busy":
    case "lost":
    case "unanswered":
      return t(`caller.trouble.${trouble}`);
    default:
      return TROUBLES[trouble][language()];
  }
}

function keyName(name: string, t: Say): string {
  if (name === "*") return t("caller.star");
  return name === "#" ? t("caller.hash") : name;
}

function Lasting({ since }: { since: number }) {
  const [at, setAt] = useState(since);
  useEffect(() => {
    const timer = window.setInterval(() => setAt(Date.now() / 1_000), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  // Read once and not every second.
  return (
    <time className="caller-clock" aria-live="off">
      {lasting(Math.max(0, at - since))}
    </time>
  );
}
