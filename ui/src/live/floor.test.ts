import { describe, expect, it } from "vitest";
import { begin, fold, forget, NOTHING, type Notice } from "./floor";

const SNAPSHOT = {
  event: "e-1",
  at: 100,
  queues: [
    {
      id: "sales",
      names: { en: "Sales" },
      rings: 3,
      service_level_s: 20,
      waiting: 1,
      offered: 0,
      talking: 0,
      ready: 0,
      longest_since: 90,
    },
  ],
  agents: [],
  calls: [],
  alarms: [],
  pops: [],
  talks: [],
};
const offered: Notice = {
  notice: "AgentChanged",
  agent: "a1",
  state: "offered",
  since: 1,
  offer: "o1",
};
const pop = { call: "c1", number: "1" } as never;
const told = (...notices: Notice[]) => notices.reduce(fold, begin(SNAPSHOT as never));

describe("the floor", () => {
  it("keeps what a queue is called when its figures change", () => {
    const floor = told({
      notice: "QueueChanged",
      queue: "sales",
      waiting: 3,
      offered: 1,
      talking: 2,
      ready: 0,
    } as Notice);
    expect(floor.queues.get("sales")).toMatchObject({
      id: "sales",
      names: { en: "Sales" },
      waiting: 3,
      longest_since: null,
    });
  });

  it("counts rings for the offer that rings and for no other", () => {
    const ringing: Notice = { notice: "CallRinging", agent: "a1", offer: "o1", at: 5, cycle_s: 5 };
    expect(told(offered, ringing).agents.get("a1")?.ringing?.at).toBe(5);
    const other: Notice = { ...offered, offer: "o2" };
    expect(told(offered, ringing, other).agents.get("a1")?.ringing).toBeNull();
    const talking: Notice = { notice: "AgentChanged", agent: "a1", state: "talking", since: 9 };
    expect(told(offered, ringing, talking).agents.get("a1")?.ringing).toBeNull();
  });

  it("takes a pop away with its own offer, and keeps it through talk and wrap-up", () => {
    const shown: Notice = { notice: "PopShown", agent: "a1", offer: "o1", queue: "sales", pop };
    const gone: Notice = { notice: "PopWithdrawn", agent: "a1", offer: "o0", why: "" };
    expect(told(shown, gone).pops.has("a1")).toBe(true);
    expect(told(shown, { ...gone, offer: "o1" }).pops.has("a1")).toBe(false);
    const state = (name: string): Notice =>
      ({ notice: "AgentChanged", agent: "a1", state: name, since: 1 }) as Notice;
    expect(told(shown, state("talking"), state("wrapping_up")).pops.has("a1")).toBe(true);
    const over: Notice = { ...gone, offer: "o1", why: "over" };
    expect(told(shown, state("talking"), over, state("wrapping_up")).pops.has("a1")).toBe(true);
    for (const after of ["ready", "not_ready", "logged_out"]) {
      expect(told(shown, state(after)).pops.has("a1")).toBe(false);
    }
  });

  it("keeps a talk from its first word to its last, and not one that is over already", () => {
    const talk = (stage: string, offer = "o1"): Notice =>
      ({ notice: "TalkChanged", agent: "a1", call: "c1", offer, stage, at: 3 }) as Notice;
    expect(told(talk("held")).talks.get("a1")).toMatchObject({ stage: "held", other: "" });
    expect(told(talk("held"), talk("over", "o0")).talks.has("a1")).toBe(true);
    expect(told(talk("held"), talk("over")).talks.has("a1")).toBe(false);
    const ready = { notice: "AgentChanged", agent: "a1", state: "ready", since: 1 } as Notice;
    expect(told(talk("talking"), ready).talks.has("a1")).toBe(false);
  });

  it("patches only the pop of the same offer", () => {
    const shown: Notice = { notice: "PopShown", agent: "a1", offer: "o1", queue: "sales", pop };
    const patch = (offer: string): Notice =>
      ({ notice: "PopPatched", agent: "a1", offer, pop: { call: "c1", number: "2" } }) as Notice;
    expect(told(shown, patch("o9")).pops.get("a1")?.pop.number).toBe("1");
    expect(told(shown, patch("o1")).pops.get("a1")?.pop.number).toBe("2");
  });

  it("forgets an ended call, unless it came back", () => {
    const call = (stage: string): Notice =>
      ({ notice: "CallChanged", call: "c1", stage, at: 1 }) as Notice;
    const ended = told(call("ended"));
    const line = ended.calls.get("c1");
    if (!line) throw new Error("no call");
    expect(forget(ended, line).calls.size).toBe(0);
    expect(forget(fold(ended, call("waiting")), line).calls.size).toBe(1);
  });

  it("draws nothing anew that did not change", () => {
    const before = told(offered);
    const next = fold(before, { notice: "Alarm", name: "journal", on: true });
    expect(next.agents).toBe(before.agents);
    expect(next.alarms.get("journal")?.text).toBe("");
    expect(fold(next, { notice: "Alarm", name: "journal", on: false }).alarms.size).toBe(0);
    expect(NOTHING.alarms.size).toBe(0);
  });
});
