import { expect, test } from "vitest";
import { read, span, written } from "./asked";

const today = new Date(2026, 2, 1, 9, 30);

test("spans end where months do", () => {
  expect(span("yesterday", today)).toEqual({ first: "2026-02-28", last: "2026-02-28", by: "hour" });
  expect(span("week", today)).toEqual({ first: "2026-02-23", last: "2026-03-01", by: "day" });
  expect(span("lastMonth", today)).toEqual({ first: "2026-02-01", last: "2026-02-28", by: "day" });
  expect(span("year", today)).toEqual({ first: "2026-01-01", last: "2026-03-01", by: "month" });
});

test("an address is read as it was written, and nonsense in it is today", () => {
  const asked = {
    first: "2026-02-01",
    last: "2026-02-28",
    by: "day",
    of: "agent",
    level_s: 15,
  } as const;
  expect(read(written(asked), today)).toEqual(asked);
  expect(read("first=soon&by=decade&of=cat&level_s=-3", today)).toEqual({
    first: "2026-03-01",
    last: "2026-03-01",
    by: "hour",
    of: "queue",
    level_s: 20,
  });
});
