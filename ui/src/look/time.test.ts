import { expect, it } from "vitest";
import { lasting, phoneNumber, ringNumber } from "./time";

it.each([
  [-3, "0:00"],
  [9.9, "0:09"],
  [65, "1:05"],
  [3700, "1:01:40"],
])("%s seconds are read %s", (seconds, text) => {
  expect(lasting(seconds)).toBe(text);
});

it("counts rings from one, in the cycle of the zone", () => {
  expect([0, 4.9, 5, 10.1, 14.9].map((s) => ringNumber(100, 5, 100 + s))).toEqual([1, 1, 2, 3, 3]);
  expect(ringNumber(100, 6, 105.9)).toBe(1);
});

it("groups a mobile number and leaves others alone", () => {
  expect(phoneNumber("+8613812345678")).toBe("+86 138 1234 5678");
  expect(phoneNumber("8001")).toBe("8001");
});
