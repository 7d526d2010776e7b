// A tree document as the editor holds it: possibly half done, always plain JSON. What is wrong with it
// is asked of the server's validator; here is only what a kind of node has and where it leads.

import type { Schema } from "../api/client";

export type Language = Schema["Language"];
export type Finding = Schema["Finding"];
export type House = Schema["House"];

export interface Spoken {
  variable: string;
  read_as?: string;
  prefix?: string;
}
export type Says = (string | Spoken)[];
export interface TreeNode {
  kind: Kind;
  [field: string]: unknown;
}
export interface Wording {
  text: string;
  audio?: string;
}
export type Wordings = Partial<Record<Language, Wording>>;
export interface Tree {
  id: string;
  title: string;
  languages: Language[];
  root: string;
  nodes: Record<string, TreeNode>;
  prompts: Record<string, Wordings>;
  emergency?: string;
  limits?: { max_steps?: number; on_limit?: string };
  comment?: string;
}

export const KINDS = [
  "say",
  "menu",
  "ask",
  "language",
  "hours",
  "branch",
  "lookup",
  "queue",
  "voicemail",
  "transfer",
  "survey",
  "script",
  "set",
  "goto",
  "consent",
  "hangup",
] as const;
export type Kind = (typeof KINDS)[number];

export const LEVELS = ["normal", "silver", "gold", "vip"] as const;
export const QUEUE_RESULTS = [
  "exit_key",
  "full",
  "closed",
  "nobody",
  "overflow",
  "voicemail",
  "callback",
  "failed",
] as const;

/** How a field is filled in. */
export type Way =
  | { as: "says" | "target" | "text" | "number" | "yes" | "key" | "language" | "json" | "list" }
  | { as: "targets"; of: "keys" | readonly string[] }
  | { as: "languages" | "levels" | "values" }
  | { as: "house"; of: keyof House };
export interface Field {
  name: FieldName;
  way: Way;
  /** May be left empty. */
  free?: boolean;
}

const says = (name: FieldName = "says", free = false): Field => ({
  name,
  way: { as: "says" },
  free,
});
const to = (name: FieldName, free = false): Field => ({ name, way: { as: "target" }, free });
const text = (name: FieldName, free = false): Field => ({ name, way: { as: "text" }, free });
const number = (name: FieldName): Field => ({ name, way: { as: "number" }, free: true });
const yes = (name: FieldName): Field => ({ name, way: { as: "yes" }, free: true });
const json = (name: FieldName, free = true): Field => ({ name, way: { as: "json" }, free });
const house = (name: FieldName, of: keyof House): Field => ({ name, way: { as: "house", of } });
const results = (of: readonly string[]): Field => ({
  name: "branches",
  way: { as: "targets", of },
  free: true,
});

export const FIELD_NAMES = [
  "says", "next", "keys", "on_timeout", "on_invalid", "tries", "timeout_s", "timeout_says",
  "invalid_says", "barge_in", "staff", "choices", "otherwise", "variable", "on_fail", "min_length",
  "max_length", "terminator", "check", "confirm", "key_timeout_s", "secret", "calendar", "open",
  "closed", "holiday", "emergency", "cases", "what", "found", "not_found", "failed", "key",
  "budget_s", "keep", "queue", "branches", "priority", "priority_by_level", "needs", "relax", "box",
  "on_empty", "max_s", "to", "question", "low", "high", "thanks", "script", "arguments", "value",
  "reason", "refuse_key",
] as const; // biome-ignore format: words in rows
export type FieldName = (typeof FIELD_NAMES)[number];

export const FIELDS: Record<Kind, Field[]> = {
  say: [says(), to("next")],
  consent: [
    says(),
    { name: "refuse_key", way: { as: "key" }, free: true },
    number("timeout_s"),
    to("next"),
  ],
  menu: [
    says(),
    { name: "keys", way: { as: "targets", of: "keys" } },
    to("on_timeout"),
    to("on_invalid"),
    number("tries"),
    number("timeout_s"),
    says("timeout_says", true),
    says("invalid_says", true),
    yes("barge_in"),
    json("staff"),
  ],
  language: [
    says(),
    { name: "choices", way: { as: "languages" } },
    { name: "otherwise", way: { as: "language" } },
    to("next"),
    number("tries"),
    number("timeout_s"),
    yes("barge_in"),
  ],
  ask: [
    says(),
    text("variable"),
    to("next"),
    to("on_fail"),
    number("min_length"),
    number("max_length"),
    { name: "terminator", way: { as: "key" }, free: true },
    json("check"),
    json("confirm"),
    number("tries"),
    number("timeout_s"),
    number("key_timeout_s"),
    says("invalid_says", true),
    yes("barge_in"),
    yes("secret"),
  ],
  hours: [
    house("calendar", "calendars"),
    to("open"),
    to("closed"),
    to("holiday", true),
    to("emergency", true),
  ],
  branch: [json("cases", false), to("otherwise")],
  lookup: [
    house("what", "lookups"),
    text("key", true),
    to("found"),
    to("not_found"),
    to("failed"),
    says("says", true),
    { name: "keep", way: { as: "values" }, free: true },
    number("budget_s"),
  ],
  queue: [
    house("queue", "queues"),
    to("next"),
    to("otherwise"),
    results(QUEUE_RESULTS),
    number("priority"),
    { name: "priority_by_level", way: { as: "levels" }, free: true },
    json("needs"),
    json("relax"),
    text("staff", true),
  ],
  voicemail: [says(), text("box"), to("next"), to("on_empty", true), number("max_s")],
  transfer: [
    text("to", true),
    text("variable", true),
    to("next"),
    to("otherwise"),
    results(["refused", "failed"]),
  ],
  survey: [
    text("question"),
    says(),
    number("low"),
    number("high"),
    says("invalid_says", true),
    says("thanks", true),
    number("tries"),
    number("timeout_s"),
    to("next"),
  ],
  script: [
    house("script", "scripts"),
    { name: "arguments", way: { as: "list" }, free: true },
    to("next"),
    to("otherwise"),
    results(["failed", "missing"]),
  ],
  set: [text("variable"), text("value"), to("next")],
  goto: [to("to")],
  hangup: [says("says", true), text("reason", true)],
};

/** One way out of a node. `field` is where it stands: "next", "keys.1", "cases[0].to". */
export interface Exit {
  field: string;
  target: string;
}

export function exitsOf(node: TreeNode): Exit[] {
  const found: Exit[] = [];
  const add = (field: string, target: unknown) => {
    if (typeof target === "string" && target) found.push({ field, target });
  };
  for (const { name, way } of FIELDS[node.kind] ?? []) {
    const value = node[name];
    if (way.as === "target") add(name, value);
    if (way.as === "targets")
      for (const [key, target] of Object.entries(value ?? {})) add(`${name}.${key}`, target);
  }
  if (Array.isArray(node.cases))
    for (const [index, one] of node.cases.entries())
      add(`cases[${index}].to`, (one as { to?: string })?.to);
  if (node.kind === "menu") add("staff.to", (node.staff as { to?: string } | undefined)?.to);
  return found;
}

/** The node with one way out leading elsewhere. */
export function withExit(node: TreeNode, field: string, target: string): TreeNode {
  const at = field.match(/^cases\[(\d+)\]\.to$/);
  if (at && Array.isArray(node.cases)) {
    const cases = node.cases.map((one, index) =>
      index === Number(at[1]) ? { ...(one as object), to: target } : one,
    );
    return { ...node, cases };
  }
  const [outer = "", inner] = field.split(/\.(.*)/s);
  if (!inner) return { ...node, [outer]: target };
  return { ...node, [outer]: { ...(node[outer] as object), [inner]: target } };
}

/** Ways out this node could have and has not. */
export function openExits(node: TreeNode): string[] {
  const taken = new Set(exitsOf(node).map((one) => one.field));
  return (FIELDS[node.kind] ?? [])
    .flatMap(({ name, way }) => {
      if (way.as === "target") return [name as string];
      if (way.as !== "targets") return [];
      const of = way.of === "keys" ? [..."1234567890*#"] : way.of;
      return of.map((one) => `${name}.${one}`);
    })
    .filter((field) => !taken.has(field));
}

/** A node that leads where the one it stands before led, with something to say where it must speak. */
export function newNode(kind: Kind, name: string, onward: string, tree: Tree): TreeNode {
  const node: TreeNode = { kind };
  for (const { name: field, way, free } of FIELDS[kind]) {
    if (free) continue;
    if (way.as === "target") node[field] = onward;
    else if (way.as === "says") node[field] = [name];
    else if (way.as === "targets") node[field] = {};
    else if (way.as === "languages")
      node[field] = Object.fromEntries(tree.languages.map((one, index) => [`${index + 1}`, one]));
    else if (way.as === "language") node[field] = tree.languages[0];
    else if (way.as === "json") node[field] = [];
    else if (way.as === "text")
      node[field] = field === "box" ? tree.id : field === "value" ? "yes" : name;
    else if (way.as === "house") node[field] = "";
  }
  if (kind === "transfer") node.to = "";
  return node;
}

export function freeName(wanted: string, taken: object): string {
  let name = wanted;
  for (let n = 2; name in taken; n++) name = `${wanted}_${n}`;
  return name;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}$/;
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** Everything that led to `from` leads to `to`. */
export function renamed(tree: Tree, from: string, to: string): Tree {
  const nodes = Object.fromEntries(
    Object.entries(tree.nodes).map(([name, node]) => {
      let moved = node;
      for (const exit of exitsOf(node))
        if (exit.target === from) moved = withExit(moved, exit.field, to);
      return [name === from ? to : name, moved];
    }),
  );
  const limits = tree.limits?.on_limit === from ? { ...tree.limits, on_limit: to } : tree.limits;
  return {
    ...tree,
    ...(limits ? { limits } : {}),
    ...(tree.emergency === from ? { emergency: to } : {}),
    root: tree.root === from ? to : tree.root,
    nodes,
  };
}

/** Prompts named by a field of words. */
export function promptsIn(node: TreeNode): string[] {
  return (FIELDS[node.kind] ?? [])
    .filter(({ way }) => way.as === "says")
    .flatMap(({ name }) => (Array.isArray(node[name]) ? (node[name] as Says) : []))
    .filter((one): one is string => typeof one === "string");
}

/** The node a finding is about, and where in it; null for the tree as a whole. */
export function placeOf(finding: Finding, tree: Tree): { node: string; field: string } | null {
  const inside = finding.where.match(/^\$\.nodes\.(.*)$/s)?.[1];
  if (inside === undefined) return null;
  const node =
    finding.node ||
    Object.keys(tree.nodes).find((one) => inside === one || inside.startsWith(`${one}.`)) ||
    inside.split(/[.[]/)[0] ||
    "";
  return { node, field: inside.slice(node.length + 1) };
}

/** The document as a tree one can draw, or null when it has not even that shape. */
export function asTree(document: string): Tree | null {
  try {
    const found = JSON.parse(document) as Partial<Tree> | null;
    const isObject = (one: unknown) =>
      typeof one === "object" && one !== null && !Array.isArray(one);
    if (
      !isObject(found) ||
      !found ||
      !isObject(found.nodes ?? {}) ||
      !isObject(found.prompts ?? {})
    )
      return null;
    const nodes = found.nodes ?? {};
    const drawn = Object.values(nodes).every((one) => isObject(one) && FIELDS[one.kind]);
    if (!drawn || !Array.isArray(found.languages ?? [])) return null;
    return {
      ...found,
      id: found.id ?? "",
      title: found.title ?? "",
      root: found.root ?? "",
      languages: found.languages ?? ["zh-CN", "en"],
      nodes,
      prompts: found.prompts ?? {},
    };
  } catch {
    return null;
  }
}
