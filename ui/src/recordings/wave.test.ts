import { expect, test } from "vitest";
import { dayBegins, shares } from "./wave";

test("a mark is drawn where it is, and is never too narrow to be seen", () => {
  expect(shares(5, 10, 20)).toEqual({ left: 25, width: 25 });
  expect(shares(5, 5, 20)).toEqual({ left: 25, width: 0.4 });
  expect(shares(20, 25, 20)).toEqual({ left: 100, width: 0 });
  expect(shares(0, 0, 0).left).toBe(0);
});

test("a day begins at midnight here, and its end is the beginning of the next", () => {
  const begins = dayBegins("2026-11-22");
  expect(new Date((begins ?? 0) * 1000).getHours()).toBe(0);
  expect(dayBegins("2026-11-22", 1)).toBe(dayBegins("2026-11-23"));
  expect(dayBegins("")).toBeUndefined();
  expect(dayBegins("x-y-z")).toBeUndefined();
});
