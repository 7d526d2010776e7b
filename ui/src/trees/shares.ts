// Whether two shares differ by more than chance, and times as an input has them.

/** How sure one is that `a` of `of_a` and `b` of `of_b` differ by more than chance: "yes" from 95 % on,
 *  by the test of two proportions; "few" where it says nothing. */
export function differ(a: number, ofA: number, b: number, ofB: number): "yes" | "no" | "few" {
  const both = (a + b) / (ofA + ofB);
  const expected = [ofA * both, ofA * (1 - both), ofB * both, ofB * (1 - both)];
  if (!ofA || !ofB || expected.some((one) => one < 5)) return "few";
  const spread = Math.sqrt(both * (1 - both) * (1 / ofA + 1 / ofB));
  return Math.abs(a / ofA - b / ofB) / spread >= 1.96 ? "yes" : "no";
}

/** A time as an input of the browser has it: on the reader's own clock. */
export function asInput(at: Date): string {
  const here = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return here.toISOString().slice(0, 16);
}

/** Seconds since the epoch; null for none, or for one that is over. */
export function fromInput(text: string, now: Date): number | null {
  const at = new Date(text).getTime();
  return Number.isNaN(at) || at <= now.getTime() ? null : at / 1000;
}
