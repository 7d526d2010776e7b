import { describe, expect, it } from "vitest";
import { heatOf, since, type TreePaths } from "./heat";
import type { Tree } from "./model";

const TREE: Tree = {
  id: "t",
  title: "T",
  languages: ["en"],
  root: "menu",
  nodes: {
    menu: { kind: "menu", keys: { "1": "bye", "2": "bye" }, on_timeout: "say" },
    say: { kind: "say", next: "bye" },
    bye: { kind: "hangup" },
  },
  prompts: {},
};
const FOUND: TreePaths = {
  since: 0,
  until: 1,
  calls: 200,
  complete: true,
  nodes: {
    menu: { calls: 200, left: 20, served: 0 },
    bye: { calls: 150, left: 0, served: 0 },
    gone: { calls: 3, left: 3, served: 0 },
  },
  strides: [
    { node: "menu", to: "bye", calls: 150 },
    { node: "menu", to: "gone", calls: 3 },
  ],
  versions: {},
};

describe("ways laid over a tree", () => {
  const heat = heatOf(FOUND, TREE);

  it("say how many of all came to a node and hung up there", () => {
    expect(heat.nodes.get("menu")).toEqual({ calls: 200, share: 1, left: 20, served: 0 });
    expect(heat.nodes.get("bye")?.share).toBe(0.75);
    expect(heat.nodes.has("say")).toBe(false);
  });

  it("count a step once where two keys lead to one node", () => {
    expect([...heat.ways.keys()]).toEqual(["menu keys.1"]);
  });

  it("keep the steps that the draft does not have", () => {
    expect(heat.others.map((one) => one.to)).toEqual(["gone"]);
  });

  it("divide by nobody", () => {
    expect(heatOf({ ...FOUND, calls: 0 }, TREE).nodes.get("menu")?.share).toBe(0);
  });
});

it("a period begins at midnight on the reader's clock", () => {
  const now = new Date(2026, 11, 1, 15, 4);
  expect(since("today", now)).toBe(new Date(2026, 11, 1).getTime() / 1000);
  expect(since("week", now)).toBe(new Date(2026, 10, 24).getTime() / 1000);
});
