import { describe, expect, it } from "vitest";
import { asInput, differ, fromInput } from "./shares";

describe("two shares", () => {
  it("differ when chance would hardly do it", () => {
    expect(differ(120, 1000, 60, 1000)).toBe("yes");
    expect(differ(60, 1000, 120, 1000)).toBe("yes");
    expect(differ(105, 1000, 95, 1000)).toBe("no");
    expect(differ(90, 900, 20, 100)).toBe("yes");
  });

  it("say nothing where there are few", () => {
    expect(differ(0, 0, 0, 0)).toBe("few");
    expect(differ(3, 10, 0, 10)).toBe("few");
    expect(differ(100, 100, 100, 100)).toBe("few");
    expect(differ(5, 100, 0, 0)).toBe("few");
  });
});

describe("a time that is typed", () => {
  const now = new Date(2026, 11, 1, 12, 30);

  it("comes back as it was", () => {
    const later = new Date(2026, 11, 24, 18, 0);
    expect(fromInput(asInput(later), now)).toBe(later.getTime() / 1000);
  });

  it("is none when it is over, half typed or missing", () => {
    expect(fromInput(asInput(now), now)).toBeNull();
    expect(fromInput("2026-12", new Date(2027, 0, 1))).toBeNull();
    expect(fromInput("", now)).toBeNull();
  });
});
