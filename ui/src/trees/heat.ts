// What callers did, laid over a tree: how many came to each node, went on from it, hung up at it.

import type { Schema } from "../api/client";
import { exitsOf, type Tree } from "./model";

export type TreePaths = Schema["TreePaths"];
export const PERIODS = ["today", "week", "month", "quarter"] as const;
export type Period = (typeof PERIODS)[number];

const DAYS = { today: 0, week: 7, month: 30, quarter: 90 };
export interface Warm {
  calls: number;
  /** Of all calls, 0 to 1. */
  share: number;
  left: number;
  served: number;
}
export interface Heat {
  nodes: Map<string, Warm>;
  /** "node field" of the way out that carries the number; of several ways to one node the first. */
  ways: Map<string, Warm>;
  /** Steps between nodes that no way out of the draft leads along. */
  others: Schema["Stride"][];
}

export function since(period: Period, now: Date): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - DAYS[period]);
  return day.getTime() / 1000;
}

export function heatOf(found: TreePaths, tree: Tree): Heat {
  const warm = (calls: number, left = 0, served = 0) => ({
    calls,
    share: found.calls ? calls / found.calls : 0,
    left,
    served,
  });
  const nodes = new Map(
    Object.entries(found.nodes).map(([name, one]) => [name, warm(one.calls, one.left, one.served)]),
  );
  const steps = new Map(found.strides.map((one) => [`${one.node} ${one.to}`, one]));
  const ways = new Map<string, Warm>();
  const drawn = new Set<string>();
  for (const [name, node] of Object.entries(tree.nodes))
    for (const exit of exitsOf(node)) {
      const key = `${name} ${exit.target}`;
      const step = steps.get(key);
      if (!step || drawn.has(key)) continue;
      drawn.add(key);
      ways.set(`${name} ${exit.field}`, warm(step.calls));
    }
  return {
    nodes,
    ways,
    others: found.strides.filter((one) => !drawn.has(`${one.node} ${one.to}`)),
  };
}
