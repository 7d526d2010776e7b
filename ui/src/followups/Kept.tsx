// How well it is kept: of the follow-ups of the last thirty days.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Schema, told } from "../api/client";
import { useNow } from "../live/hooks";

const DAY_S = 86_400;
const AGAIN_MS = 60_000;
type Figures = Schema["FollowUpFigures"];
type Count = Exclude<keyof Figures, "cause">;

export function Kept() {
  const { t } = useTranslation();
  const today = Math.floor(useNow() / DAY_S) * DAY_S;
  const { data } = useQuery({
    queryKey: ["follow-up-figures", today],
    queryFn: () =>
      told(
        api.GET("/api/v1/figures/follow-ups", {
          params: { query: { since: today - 29 * DAY_S, until: today + DAY_S } },
        }),
      ),
    refetchInterval: AGAIN_MS,
  });
  if (!data) return null;
  const sum = (count: Count) => data.causes.reduce((all, one) => all + one[count], 0);
  const shown = [
    ["keyDone", `${sum("key_complete")} / ${sum("key_opened")}`],
    ["inTime", share(sum("in_time"), sum("opened") - sum("waiting") + sum("late"))],
    ["complete", `${sum("complete")} / ${sum("opened")}`],
    ["waiting", `${sum("waiting")}`],
    ["late", `${sum("late")}`],
  ] as const;
  return (
    <dl className="follow-kept" aria-label={t("followUps.kept.title")}>
      {shown.map(([name, value]) => (
        <div key={name} data-figure={name}>
          <dt>{t(`followUps.kept.${name}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function share(part: number, whole: number): string {
  return whole === 0 ? "—" : `${Math.round((100 * part) / whole)} %`;
}
