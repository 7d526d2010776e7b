import { afterEach, beforeEach, expect, it } from "vitest";
import { bind, press, setSingleKeys } from "./keys";

const key = (init: Partial<KeyboardEvent> = {}) => ({ code: "KeyR", ...init }) as KeyboardEvent;
let pressed = 0;
let unbind = () => {};

beforeEach(() => {
  pressed = 0;
  unbind = bind("R", "ready", () => {
    pressed += 1;
  });
});
afterEach(() => {
  unbind();
  setSingleKeys(true);
});

it("a key alone works outside of text, with Alt anywhere", () => {
  expect(press(key(), false, false)).toBe(true);
  expect(press(key(), true, false)).toBe(false);
  expect(press(key({ altKey: true }), true, false)).toBe(true);
  expect(pressed).toBe(2);
});

it("an input method, a browser's own shortcut and an open dialog are left alone", () => {
  for (const init of [{ isComposing: true }, { ctrlKey: true }, { metaKey: true }]) {
    expect(press(key(init), false, false)).toBe(false);
  }
  expect(press(key(), false, true)).toBe(false);
  expect(pressed).toBe(0);
});

it("single keys can be switched off", () => {
  setSingleKeys(false);
  expect(press(key(), false, false)).toBe(false);
  expect(press(key({ altKey: true }), false, false)).toBe(true);
});

it("the key bound last wins, and is gone with what bound it", () => {
  let other = 0;
  const gone = bind("R", "other", () => {
    other += 1;
  });
  press(key(), false, false);
  gone();
  expect([pressed, other]).toEqual([0, 1]);
  expect(press(key(), false, false)).toBe(false);
});
