// A score of 0 to 100 as the MOS people know (1 to 5), and the word for it.

export type Word = "good" | "fair" | "poor";

/** 4.0 is what a good line of the trade has; below 3.1 people complain (ITU-T G.107, annex B). */
export function mos(score: number): { figure: string; word: Word } {
  const value = Math.max(1, score / 20);
  return {
    figure: value.toFixed(1),
    word: value >= 4.0 ? "good" : value >= 3.1 ? "fair" : "poor",
  };
}
