// Where on the drawing something is. Pure.

const NARROWEST = 0.4;

/** Left edge and width in percent; what did not last is still wide enough to be seen. */
export function shares(
  from: number,
  until: number,
  seconds: number,
): { left: number; width: number } {
  const whole = seconds > 0 ? seconds : 1;
  const at = (second: number) => Math.max(0, Math.min(100, (second / whole) * 100));
  const left = at(from);
  return { left, width: Math.min(100 - left, Math.max(NARROWEST, at(until) - left)) };
}

/** Seconds since the epoch at the beginning of a day as a date field writes it; undefined for "". */
export function dayBegins(day: string, daysOn = 0): number | undefined {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return undefined;
  return new Date(year, month - 1, date + daysOn).getTime() / 1000;
}
