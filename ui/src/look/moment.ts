// A moment, as people of the language shown read it.

import { language } from "../i18n";

/** The day alone. */
export function day(at: number): string {
  return new Date(at * 1000).toLocaleDateString(language());
}

/** Today by the clock, else with the day. `at` and `now`: seconds since the epoch. */
export function moment(at: number, now: number): string {
  const then = new Date(at * 1000);
  const today = new Date(now * 1000).toDateString() === then.toDateString();
  const clock = then.toLocaleTimeString(language(), {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
  if (today) return clock;
  return `${then.toLocaleDateString(language(), { month: "short", day: "numeric" })} ${clock}`;
}
