// Several people behind one number: ranked, the agent picks.

import { Kbd } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useKey } from "../keys/keys";
import type { Pop } from "../live/floor";

type Match = Pop["matches"][number];
const MOST_KEYS = 9;

export function Matches(props: {
  matches: readonly Match[];
  picked: string;
  pick: (customer: string) => void;
}) {
  const { t } = useTranslation();
  if (props.matches.length < 2 && props.matches[0]?.sure !== false) return null;
  return (
    <fieldset className="matches">
      <legend>{t("pop.which")}</legend>
      {props.matches.map((match, place) => (
        <Choice key={match.customer} match={match} place={place + 1} {...props} />
      ))}
    </fieldset>
  );
}

function Choice(props: {
  match: Match;
  place: number;
  picked: string;
  pick: (customer: string) => void;
}) {
  const { match, place, picked, pick } = props;
  const { t } = useTranslation();
  const on = place <= MOST_KEYS;
  useKey(String(place), t("do.pick", { name: match.name }), () => pick(match.customer), on);
  return (
    <label className="match" data-picked={picked === match.customer}>
      <input
        type="radio"
        name="match"
        checked={picked === match.customer}
        onChange={() => pick(match.customer)}
      />
      <span className="match-name">{match.name}</span>
      {match.company && <span className="match-company">{match.company}</span>}
      {match.level !== "normal" && (
        <span className="level" data-level={match.level}>
          {t(`level.${match.level}`)}
        </span>
      )}
      {!match.sure && <span className="match-maybe">{t("pop.maybe")}</span>}
      {on && <Kbd aria-hidden="true">{place}</Kbd>}
    </label>
  );
}
