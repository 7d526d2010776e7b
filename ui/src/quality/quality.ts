// What the pages of quality scoring share: one answer of the API each, and what forms are called.

import { useQuery } from "@tanstack/react-query";
import { api, type Schema, told } from "../api/client";
import { language } from "../i18n";

export type ScoreForm = Schema["ScoreForm"];
export type Assessment = Schema["Assessment"];
export type Points = Record<string, number | null>;

/** In the reader's language, else in any. */
export function nameIn(names: Record<string, string>, otherwise = ""): string {
  return names[language()] || Object.values(names).find(Boolean) || otherwise;
}

export function useForms() {
  return useQuery({
    queryKey: ["scoring", "forms"],
    queryFn: () => told(api.GET("/api/v1/scoring/forms")),
  });
}

/** Tells the same as recordings.scoring.form.total: hers is what counts, this is what she sees. */
export function total(form: ScoreForm, points: Points): { score: number; fatal: boolean } {
  let reached = 0;
  let most = 0;
  let fatal = false;
  for (const { weight = 1, questions } of form.sections) {
    const asked = questions.filter((one) => typeof points[one.id] === "number");
    const worth = asked.reduce((sum, one) => sum + (one.points ?? 5), 0);
    fatal ||= asked.some((one) => one.fatal && points[one.id] === 0);
    if (worth === 0) continue;
    reached += (weight * asked.reduce((sum, one) => sum + (points[one.id] ?? 0), 0)) / worth;
    most += weight;
  }
  const score = most ? Math.round((1000 * reached) / most) / 10 : 100;
  return { score: fatal ? 0 : score, fatal };
}
