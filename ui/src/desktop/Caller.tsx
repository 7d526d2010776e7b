// The pop (来电弹屏): who is calling, complete enough to greet with, filled in as data comes.

import { Badge, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { named } from "../i18n";
import type { AgentLine, Pop, PopLine } from "../live/floor";
import { useFloor } from "../live/hooks";
import { Rings } from "../look/Rings";
import { Since } from "../look/Since";
import { lasting, phoneNumber } from "../look/time";
import { Matches } from "./Matches";
import { Story } from "./Story";

export function Caller(props: {
  line: AgentLine;
  shown: PopLine;
  /** A customer's id, '' while nobody is picked. */
  picked: string;
  pick: (customer: string) => void;
}) {
  const { line, shown, picked, pick } = props;
  const { t } = useTranslation();
  const { pop } = shown;
  const queue = useFloor((floor) => floor.queues.get(shown.queue));
  const who = pop.matches.find((match) => match.customer === picked);
  return (
    <section
      className="pop"
      id="pop"
      data-late={pop.late}
      data-call={pop.call}
      aria-label={t("pop.title")}
    >
      <header className="pop-head">
        <span className="pop-queue">{named(queue?.names, shown.queue)}</span>
        <Badge variant="light" color="gray" size="lg" tt="none">
          {t(`language.${pop.language}`)}
        </Badge>
        <span className="pop-turn">
          {line.ringing && <Rings ringing={line.ringing} limit={queue?.rings ?? 3} />}
          {line.state === "talking" && (
            <>
              {t("state.talking")} <Since at={line.since} className="pop-talk" />
            </>
          )}
        </span>
      </header>
      <div className="pop-who" aria-live="polite">
        <h2 className="pop-name">
          {who?.name || (pop.matches.length > 0 ? t("pop.several") : t("pop.unknown"))}
        </h2>
        {who && who.level !== "normal" && (
          <span className="level" data-level={who.level}>
            {t(`level.${who.level}`)}
          </span>
        )}
        {who?.company && <span className="pop-company">{who.company}</span>}
        {pop.late && (
          <span className="pop-late">
            <Loader size={16} /> {t("pop.late")}
          </span>
        )}
      </div>
      <p className="pop-number">{pop.number ? phoneNumber(pop.number) : t("pop.withheld")}</p>
      <Facts pop={pop} />
      <Matches matches={pop.matches} picked={picked} pick={pick} />
      <Story pop={pop} />
    </section>
  );
}

function Facts({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const facts: [string, string][] = [
    [t("pop.waited"), lasting(pop.waited_s)],
    [t("pop.keys"), pop.keys.length ? pop.keys.join(" › ") : "–"],
  ];
  if (pop.dialled) facts.push([t("pop.dialled"), pop.dialled]);
  facts.push(...Object.entries(pop.variables));
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
