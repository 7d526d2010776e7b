import { useTranslation } from "react-i18next";
import { useFloor } from "../live/hooks";
import { Since } from "../look/Since";

export function Totals() {
  const { t } = useTranslation();
  const queues = useFloor((floor) => floor.queues);
  const agents = useFloor((floor) => floor.agents);
  const lines = [...queues.values()];
  const waits = lines.filter((line) => line.waiting > 0 && line.longest_since !== null);
  const sum = (name: "waiting" | "talking") => lines.reduce((all, line) => all + line[name], 0);
  const ready = [...agents.values()].filter((line) => line.state === "ready").length;
  const since = Math.min(...waits.map((line) => line.longest_since ?? 0));
  return (
    <dl id="totals" className="totals">
      <div>
        <dt>{t("board.waiting")}</dt>
        <dd>{sum("waiting")}</dd>
      </div>
      <div>
        <dt>{t("board.longest")}</dt>
        <dd>{waits.length ? <Since at={since} /> : "–"}</dd>
      </div>
      <div>
        <dt>{t("board.talking")}</dt>
        <dd>{sum("talking")}</dd>
      </div>
      <div>
        <dt>{t("board.ready")}</dt>
        <dd>{ready}</dd>
      </div>
    </dl>
  );
}
