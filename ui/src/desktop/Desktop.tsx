// The agent's desktop: her own state above, the caller in the middle, her ticket beside the call.

import { Skeleton } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useBegun, useFloor } from "../live/hooks";
import { Between } from "./Between";
import "./desktop.css";
import { useGuidesAhead } from "./Guide";
import { InHand } from "./InHand";
import { OwnState } from "./OwnState";
import { TalkBar } from "./TalkBar";
import { WrapUpClock } from "./WrapUpClock";

const NO_QUEUES: string[] = [];

export function Desktop({ agent }: { agent: string }) {
  const { t } = useTranslation();
  const begun = useBegun();
  const line = useFloor((floor) => floor.agents.get(agent));
  const pop = useFloor((floor) => floor.pops.get(agent));
  const state = line?.state;
  useGuidesAhead(line?.queues ?? NO_QUEUES);
  useEffect(() => {
    // What the tab says, so that it is seen among others.
    document.title = state ? `${t(`state.${state}`)} · ThreeRing` : "ThreeRing";
    return () => {
      document.title = "三响 ThreeRing";
    };
  }, [state, t]);

  if (!begun) {
    return (
      <main className="desktop" aria-busy="true">
        <Skeleton height={72} radius="md" />
        <Skeleton height={360} radius="md" mt="md" />
      </main>
    );
  }
  if (!line) {
    return (
      <main className="desktop">
        <p className="quiet">{t("desktop.gone", { agent })}</p>
      </main>
    );
  }
  return (
    <main className="desktop" data-state={line.state}>
      <h1 className="unseen">{t("face.desktop")}</h1>
      <OwnState line={line} />
      <TalkBar line={line} />
      {line.state === "wrapping_up" && line.until !== null && (
        <WrapUpClock line={line} queue={pop?.queue ?? ""} />
      )}
      {pop ? <InHand key={pop.pop.call} line={line} shown={pop} /> : <Between line={line} />}
    </main>
  );
}
