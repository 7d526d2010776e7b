// What differs between two documents, node by node; and two people's changes put together.

import type { Tree } from "./model";

export interface Change {
  part: "nodes" | "prompts" | "tree";
  name: string;
  how: "added" | "removed" | "changed";
  /** Of a changed part: what in it, before and after. */
  fields: { field: string; before: string; after: string }[];
}

type Bag = Record<string, unknown>;

export function changes(before: Tree, after: Tree): Change[] {
  const found: Change[] = [];
  for (const part of ["nodes", "prompts"] as const) {
    const [old, now] = [before[part] as Bag, after[part] as Bag];
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
      if (!(name in now)) found.push({ part, name, how: "removed", fields: [] });
      else if (!(name in old))
        found.push({ part, name, how: "added", fields: fields({}, now[name]) });
      else if (!same(old[name], now[name]))
        found.push({ part, name, how: "changed", fields: fields(old[name], now[name]) });
    }
  }
  const rest = fields(bare(before), bare(after));
  for (const one of rest)
    found.push({ part: "tree", name: one.field, how: "changed", fields: [one] });
  return found;
}

/** Theirs, with what I changed since `base` on top: mine wins where both changed one node. */
export function together(base: Tree, mine: Tree, theirs: Tree): Tree {
  const merged: Bag = mix(bare(base), bare(mine), bare(theirs));
  merged.nodes = mix(base.nodes, mine.nodes, theirs.nodes);
  merged.prompts = mix(base.prompts, mine.prompts, theirs.prompts);
  return merged as unknown as Tree;
}

/** Parts that both changed, and not alike. */
export function clashes(base: Tree, mine: Tree, theirs: Tree): string[] {
  const key = (one: Change) => `${one.part}.${one.name}`;
  const hers = new Set(changes(base, theirs).map(key));
  const both = new Set(changes(mine, theirs).map(key));
  return changes(base, mine)
    .filter((one) => hers.has(key(one)) && both.has(key(one)))
    .map((one) => one.name);
}

function mix(base: Bag, mine: Bag, theirs: Bag): Bag {
  const result: Bag = {};
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const touched = !same(base[name], mine[name]);
    const value = touched ? mine[name] : theirs[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function bare(tree: Tree): Bag {
  const { nodes: _nodes, prompts: _prompts, ...rest } = tree;
  return rest;
}

function fields(before: unknown, after: unknown): Change["fields"] {
  const [old, now] = [(before ?? {}) as Bag, (after ?? {}) as Bag];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((field) => !same(old[field], now[field]))
    .map((field) => ({ field, before: written(old[field]), after: written(now[field]) }));
}

function written(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one as Bag, other as Bag];
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => name in right && same(left[name], right[name]))
  );
}
