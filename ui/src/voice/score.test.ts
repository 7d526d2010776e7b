import { expect, test } from "vitest";
import { mos } from "./score";

test("a score is a MOS with a word, and never below one", () => {
  expect(mos(88.1)).toEqual({ figure: "4.4", word: "good" });
  expect(mos(62)).toEqual({ figure: "3.1", word: "fair" });
  expect(mos(61)).toEqual({ figure: "3.0", word: "poor" });
  expect(mos(0)).toEqual({ figure: "1.0", word: "poor" });
});
