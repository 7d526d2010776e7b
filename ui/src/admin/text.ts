// One value of a YAML text changed, everything else left to the letter: comments, order, spacing.
// Knows nothing of what the values mean; the server does.

import { type Document, isMap, isScalar, isSeq, parseDocument, stringify, visit } from "yaml";

export type Path = readonly string[];
export type Value = string | number | readonly string[] | Readonly<Record<string, string | number>>;

const LAID_OUT = { lineWidth: 0, flowCollectionPadding: false } as const;
const PLAIN = /^\p{L}[\p{L}\p{N}_ -]*$/u;

/** The values of a text by their keys; null while it is not YAML. */
export function values(text: string): Record<string, unknown> | null {
  const document = parse(text);
  if (!document) return null;
  const found: unknown = document.toJS();
  return found && typeof found === "object" && !Array.isArray(found)
    ? (found as Record<string, unknown>)
    : {};
}

/** As a person wrote it: "08" stays "08". */
export function written(text: string, path: Path): string {
  const node = parse(text)?.getIn(path, true);
  if (isScalar(node)) return node.value === null ? "" : (node.source ?? String(node.value));
  if (isSeq(node)) {
    return node.items
      .map((item) => (isScalar(item) ? (item.source ?? String(item.value)) : ""))
      .join(", ");
  }
  return "";
}

/** Names with a value each, as `sales: 1, service: 2`; null where a value is a group itself. */
export function pairs(text: string, path: Path): string | null {
  const node = parse(text)?.getIn(path, true);
  if (!isMap(node)) return "";
  const found = node.items.map(({ key, value }) =>
    isScalar(value) ? `${nameOf(key)}: ${value.source ?? String(value.value)}` : null,
  );
  return found.includes(null) ? null : found.join(", ");
}

/** What was typed as `sales: 1, service: 2`. A name without a value has an empty one. */
export function asPairs(typed: string): Record<string, string | number> {
  const found: [string, string | number][] = typed
    .split(/[,，]/)
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [name = "", value = ""] = part.split(/[:：]/).map((side) => side.trim());
      return [name, /^\d+$/.test(value) ? Number(value) : value];
    });
  return Object.fromEntries(found);
}

/** The names under a key, in their order. */
export function names(text: string, path: Path): string[] {
  const node = parse(text)?.getIn(path, true);
  return isMap(node) ? node.items.map(({ key }) => nameOf(key)) : [];
}

/** The text with this value; undefined takes the key away. Text that is not YAML stays as it is. */
export function put(text: string, path: Path, value: Value | undefined): string {
  const document = parse(text);
  if (!document) return text;
  const node = document.getIn(path, true);
  if (isScalar(node) && node.range && one(value)) {
    const [from, to] = node.range;
    if (from < to && node.type !== "BLOCK_LITERAL" && node.type !== "BLOCK_FOLDED") {
      return text.slice(0, from) + scalar(value) + text.slice(to);
    }
  }
  if (value === undefined) document.deleteIn(path);
  else {
    for (let depth = 1; depth < path.length; depth++) {
      // `key:` with nothing behind it is no group yet.
      const above = document.getIn(path.slice(0, depth), true);
      if (isScalar(above)) document.deleteIn(path.slice(0, depth));
    }
    document.setIn(path, made(document, value, typeof value === "object"));
  }
  return document.toString(LAID_OUT);
}

/** A new entry with nothing in it yet but what is given. */
export function add(text: string, path: Path, entry: Record<string, unknown>): string {
  const document = parse(text);
  if (!document) return text;
  const group = document.getIn(path.slice(0, -1), true);
  if (isScalar(group)) document.deleteIn(path.slice(0, -1));
  document.setIn(path, made(document, entry, false));
  return document.toString(LAID_OUT);
}

/** Where a line begins and ends, for pointing at it. */
export function lineAt(text: string, line: number): [number, number] {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return [before, before + (lines[line - 1]?.length ?? 0)];
}

/** The server reads YAML 1.1, where `yes` and `12:30` are no texts: those stand in quotes. */
function made(document: Document, value: unknown, flow: boolean) {
  const node = document.createNode(value, { flow });
  visit(node, {
    Scalar(_, scalar) {
      const text = scalar.value;
      if (typeof text === "string" && !isPlain(text)) scalar.type = "QUOTE_DOUBLE";
    },
  });
  return node;
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) && stringify(text, { ...LAID_OUT, version: "1.1" }).trim() === text;
}

function one(value: Value | undefined): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function parse(text: string) {
  const document = parseDocument(text);
  return document.errors.length > 0 ? null : document;
}

function nameOf(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key);
}

function scalar(value: string | number): string {
  if (typeof value === "number") return String(value);
  return isPlain(value) ? value : JSON.stringify(value);
}
