// The supervisor's board: every queue and every agent, as it happens.

import { ActionIcon, Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { named } from "../i18n";
import { Cap } from "../keys/Cap";
import { useKey } from "../keys/keys";
import { useBegun, useFloor } from "../live/hooks";
import { isLimited, useSession } from "../session/session";
import { AgentTile } from "./AgentTile";
import { Calls } from "./Calls";
import "./board.css";
import { Queues } from "./Queues";
import { Totals } from "./Totals";
import { WatchBar } from "./WatchBar";
import { WhyDrawer } from "./WhyDrawer";
import { WorstVoice } from "./WorstVoice";
import { WatchingTalks } from "./watching";

export function Board() {
  const { t } = useTranslation();
  const begun = useBegun();
  const [big, setBig] = useBigScreen();
  const [why, setWhy] = useState<string | null>(null);
  useKey("B", t("board.big"), () => setBig(!big));
  useHotkeys([["Escape", () => big && setBig(false)]]);
  if (!begun) return <main className="board" aria-busy="true" />;
  return (
    <WatchingTalks>
      <main id="board" className={big ? "board board-big" : "board"}>
        <h1 className="unseen">{t("face.board")}</h1>
        <div className="board-top">
          <Totals />
          <Limited />
          {big ? (
            <ActionIcon
              variant="subtle"
              size="lg"
              aria-label={t("board.small")}
              onClick={() => setBig(false)}
            >
              ✕
            </ActionIcon>
          ) : (
            <Button variant="default" rightSection={<Cap cap="B" />} onClick={() => setBig(true)}>
              {t("board.big")}
            </Button>
          )}
        </div>
        <WatchBar />
        <section aria-labelledby="queues-title">
          <h2 id="queues-title">{t("board.queues")}</h2>
          <Queues />
        </section>
        <section aria-labelledby="agents-title">
          <h2 id="agents-title">{t("board.agents")}</h2>
          <Agents ask={setWhy} />
        </section>
        {!big && <Calls ask={setWhy} />}
        {!big && <WorstVoice />}
        <WhyDrawer call={why} close={() => setWhy(null)} />
      </main>
    </WatchingTalks>
  );
}

/** She is told that what she sees is not the whole floor. */
function Limited() {
  const { t } = useTranslation();
  const session = useSession();
  const queues = useFloor((floor) => floor.queues);
  if (!isLimited(session)) return null;
  const names = session.queues.map((id) => named(queues.get(id)?.names, id));
  return (
    <p id="limited" className="limited">
      {t("scope.only", { queues: names.join(t("comma")) })}
    </p>
  );
}

function Agents({ ask }: { ask: (call: string) => void }) {
  const agents = useFloor((floor) => floor.agents);
  const inOrder = useMemo(
    () =>
      [...agents.values()].sort((a, b) =>
        a.staff_number.localeCompare(b.staff_number, "en", { numeric: true }),
      ),
    [agents],
  );
  return (
    <ul id="agents" className="agents">
      {inOrder.map((line) => (
        <AgentTile key={line.id} line={line} ask={ask} />
      ))}
    </ul>
  );
}

/** The whole screen, large, for a wall; leaving full screen by the browser's own key leaves it, too. */
function useBigScreen(): [boolean, (on: boolean) => void] {
  const [big, setBig] = useState(false);
  return [
    big,
    (on) => {
      setBig(on);
      document.documentElement.classList.toggle("wall", on);
      // A browser may refuse full screen; large it is all the same.
      if (on) document.documentElement.requestFullscreen?.().catch(() => undefined);
      else if (document.fullscreenElement) void document.exitFullscreen();
    },
  ];
}
