// A form's document as the server keeps it: JSON Schema with names in both languages.

import type { Schema } from "../api/client";
import { named } from "../i18n";

export type Form = Schema["FormVersion"];
export type Filled = Schema["Filled"];
export type Data = Record<string, unknown>;
export type Names = Record<string, string>;

export interface Field {
  type: "string" | "number" | "integer" | "boolean" | "array";
  "x-names": Names;
  "x-options"?: Record<string, Names>;
  enum?: string[];
  items?: { enum?: string[]; "x-options"?: Record<string, Names> };
  format?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

export interface FormDocument {
  type: "object";
  "x-names": Names;
  properties: Record<string, Field>;
  "x-required"?: Record<string, string[]>;
  [more: string]: unknown;
}

/** From here on a text wants more than one line. */
export const LONG = 500;

export function documentOf(form: Form): FormDocument {
  return form.document as unknown as FormDocument;
}

export function nameOf(form: Form): string {
  return named(documentOf(form)["x-names"], form.id);
}

/** Without what was left empty. */
export function kept(data: Data): Data {
  return Object.fromEntries(
    Object.entries(data).filter(([, value]) => value !== "" && value != null),
  );
}
