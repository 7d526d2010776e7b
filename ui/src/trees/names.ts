// Names of nodes, fields and ways out in the reader's language.

import type { TFunction } from "i18next";
import { language } from "../i18n";
import {
  FIELD_NAMES,
  type FieldName,
  type Kind,
  promptsIn,
  type Tree,
  type TreeNode,
} from "./model";

export function kindName(t: TFunction, kind: Kind): string {
  return t(`tree.kind.${kind}`);
}

export function fieldName(t: TFunction, field: string): string {
  return FIELD_NAMES.includes(field as FieldName) ? t(`tree.field.${field as FieldName}`) : field;
}

/** "Key 1", "Time-out", "Case 2". */
export function exitName(t: TFunction, field: string): string {
  if (field.startsWith("keys.")) return t("tree.keyExit", { key: field.slice(5) });
  const at = field.match(/^cases\[(\d+)\]/);
  if (at) return t("tree.caseExit", { n: Number(at[1]) + 1 });
  if (field.startsWith("branches.")) {
    const result = field.slice(9);
    return t(`tree.result.${result as "full"}`);
  }
  return fieldName(t, field.split(".")[0] ?? field);
}

/** What the node says first, or what it is about. */
export function gist(tree: Tree, node: TreeNode): string {
  for (const prompt of promptsIn(node)) {
    const wordings = tree.prompts[prompt];
    const text = wordings?.[language()]?.text ?? Object.values(wordings ?? {})[0]?.text;
    if (text) return text;
  }
  const about = node.queue ?? node.calendar ?? node.what ?? node.script ?? node.box ?? node.to;
  if (node.kind === "set") return `${String(node.variable)} = ${String(node.value)}`;
  return typeof about === "string" ? about : "";
}
