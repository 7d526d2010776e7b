// The telephone's buttons, in one place that never moves. What a telephone cannot do has no button:
// answering, muting and keys are for one in the browser, all else the hotline does for any.

import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../i18n";
import { Cap } from "../keys/Cap";
import { useKey } from "../keys/keys";
import type { AgentLine, TalkLine } from "../live/floor";
import { useFloor, useIsLive } from "../live/hooks";
import { Since } from "../look/Since";
import { usePhone } from "../phone/Phone";
import { TROUBLES } from "../phone/words";
import { Dial } from "./Dial";
import { HeldLong } from "./HeldLong";
import { Keypad } from "./Keypad";
import { PhoneSign } from "./PhoneSign";
import { RecordingPaused } from "./RecordingPaused";
import { MAY, useColleagues, useTalk } from "./talk";
import { WhereTo } from "./WhereTo";

export function TalkBar({ line }: { line: AgentLine }) {
  const { t } = useTranslation();
  const talk = useFloor((floor) => floor.talks.get(line.id));
  const { state } = usePhone();
  const rings = state.call?.stage === "ringing";
  return (
    <section
      className="talk"
      id="talk"
      data-stage={talk?.stage ?? (rings ? "ringing" : "none")}
      aria-label={t("talk.title")}
    >
      {talk ? <Talking line={line} talk={talk} /> : rings ? <Ringing /> : <Idle line={line} />}
    </section>
  );
}

function Idle({ line }: { line: AgentLine }) {
  const { t } = useTranslation();
  const { state } = usePhone();
  const desk = line.state === "offered" && state.call === null;
  return (
    <div className="talk-row">
      <PhoneSign />
      {desk && <b className="talk-lift">{t("talk.lift")}</b>}
      <Dial line={line} />
    </div>
  );
}

function Ringing() {
  const { t } = useTranslation();
  const { telephone, state } = usePhone();
  return (
    <div className="talk-row">
      <Do
        cap="A"
        name={t("talk.answer")}
        color="green.8"
        act={() => void telephone?.answer()}
        always
      />
      <Do cap="Z" name={t("talk.reject")} act={() => telephone?.reject()} always />
      {state.trouble && (
        <p className="wrong" role="alert">
          {TROUBLES[state.trouble][language()]}
        </p>
      )}
    </div>
  );
}

type Asking = "transfer" | "consult" | "keys" | "";

function Talking({ line, talk }: { line: AgentLine; talk: TalkLine }) {
  const { t } = useTranslation();
  const { telephone, state } = usePhone();
  const { mutate } = useTalk(line.id);
  const [asking, setAsking] = useState<Asking>("");
  const may = MAY[talk.stage];
  const refused = talk.refused ? t(`refused.${talk.refused}` as "refused.nobody") : "";
  useEffect(() => {
    // It may be over before it has been read here.
    if (refused) notifications.show({ color: "orange", message: refused });
  }, [refused]);
  const call = state.call;
  const here = call?.stage === "talking";
  const paused = talk.since_recording_paused;
  const aside = ["consulting", "consulted", "swapped", "conference"].includes(talk.stage);
  return (
    <>
      <div className="talk-row">
        <Stage talk={talk} />
        <Do
          cap="Q"
          name={t(talk.stage === "conference" ? "talk.leave" : "talk.hangUp")}
          color="red.8"
          act={() => mutate({ do: "hang_up" })}
        />
        {may.includes("hold") && (
          <Do cap="H" name={t("talk.hold")} act={() => mutate({ do: "hold" })} />
        )}
        {may.includes("resume") && (
          <Do
            cap="H"
            name={t(aside ? "talk.withoutThird" : "talk.resume")}
            color={aside ? undefined : "green.8"}
            act={() => mutate({ do: "resume" })}
          />
        )}
        {may.includes("swap") && (
          <Do cap="S" name={t("talk.swap")} act={() => mutate({ do: "swap" })} />
        )}
        {may.includes("conference") && (
          <Do cap="V" name={t("talk.conference")} act={() => mutate({ do: "conference" })} />
        )}
        {may.includes("complete") && (
          <Do cap="G" name={t("talk.complete")} act={() => mutate({ do: "complete" })} />
        )}
        {may.includes("transfer") && (
          <Do cap="X" name={t("talk.transfer")} act={() => setAsking("transfer")} />
        )}
        {may.includes("consult") && (
          <Do cap="C" name={t("talk.consult")} act={() => setAsking("consult")} />
        )}
        {here && (
          <Do
            cap="M"
            name={t(call.muted ? "talk.unmute" : "talk.mute")}
            pressed={call.muted}
            act={() => telephone?.mute(!call.muted)}
          />
        )}
        {here && <Do cap="K" name={t("talk.keys")} act={() => setAsking("keys")} />}
        {talk.recorded && paused === null && (
          <Do cap="P" name={t("talk.pause")} act={() => mutate({ do: "pause_recording" })} />
        )}
        {refused && (
          <p className="wrong" role="alert" key={talk.at}>
            {refused}
          </p>
        )}
      </div>
      {talk.held_too_long && talk.since_held !== null && <HeldLong since={talk.since_held} />}
      {paused !== null && (
        <RecordingPaused
          since={paused}
          forgotten={talk.pause_forgotten}
          resume={() => mutate({ do: "resume_recording" })}
        />
      )}
      {(asking === "transfer" || asking === "consult") && (
        <WhereTo
          act={asking}
          close={() => setAsking("")}
          choose={(where) => {
            setAsking("");
            mutate({ do: asking, ...where });
          }}
        />
      )}
      {asking === "keys" && (
        <Keypad press={(key) => telephone?.press(key)} close={() => setAsking("")} />
      )}
    </>
  );
}

/** With whom she is, and who waits. */
function Stage({ talk }: { talk: TalkLine }) {
  const { t } = useTranslation();
  const colleagues = useColleagues(talk.other !== "");
  const who = colleagues.find((one) => one.id === talk.other)?.name ?? talk.other;
  return (
    <span className="talk-stage" aria-live="polite">
      {t(`talk.stage.${talk.stage}`, { who })} <Since at={talk.at} className="talk-since" />
    </span>
  );
}

/** A button and its key. */
function Do(props: {
  cap: string;
  name: string;
  act: () => void;
  color?: string | undefined;
  pressed?: boolean;
  /** Done in this browser: also while the server is away. */
  always?: boolean;
  children?: ReactNode;
}) {
  const live = useIsLive();
  const on = live || props.always === true;
  useKey(props.cap, props.name, props.act, on);
  return (
    <Button
      variant={props.color ? "filled" : "default"}
      color={props.color}
      rightSection={<Cap cap={props.cap} />}
      disabled={!on}
      aria-pressed={props.pressed}
      onClick={props.act}
    >
      {props.name}
    </Button>
  );
}
