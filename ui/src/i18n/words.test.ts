// Every text exists in both languages, is used, and every word the server may say has one.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import openapi from "../../openapi.json";
import en from "./en.json";
import zh from "./zh-CN.json";

type Words = { [key: string]: string | Words };

function keys(words: Words, before = ""): string[] {
  return Object.entries(words).flatMap(([name, word]) =>
    typeof word === "string" ? [before + name] : keys(word, `${before}${name}.`),
  );
}

// English has a form for one; Chinese has not.
const bare = (found: string[]) =>
  [...new Set(found.map((key) => key.replace(/_(one|other)$/, "")))].sort();
const english = bare(keys(en));
const chinese = bare(keys(zh));

function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return /(?<!\.test)\.tsx?$/.test(entry.name) ? readFileSync(path, "utf8") : "";
    })
    .join("\n");
}

describe("the words", () => {
  it("exist in both languages", () => {
    expect(chinese).toEqual(english);
  });

  it("have the same blanks in both", () => {
    const blanks = (words: Words) =>
      new Map(
        keys(words).map((key) => {
          const word = key.split(".").reduce<unknown>((at, name) => (at as Words)[name], words);
          return [key, (String(word).match(/{{\w+}}/g) ?? []).sort().join()];
        }),
      );
    const here = blanks(en);
    for (const [key, found] of blanks(zh)) expect([key, found]).toEqual([key, here.get(key)]);
  });

  it("are all used", () => {
    const code = sources(join(import.meta.dirname, ".."));
    const unused = english.filter((key) => {
      const group = key.slice(0, key.lastIndexOf(".") + 1);
      return !code.includes(`"${key}"`) && !(group && code.includes(`\`${group}$\{`));
    });
    expect(unused).toEqual([]);
  });

  it.each([
    ["AgentState", "state"],
    ["NoAnswer", "reason"],
    ["Reason", "passed"],
    ["Outcome", "outcome"],
    ["TicketState", "ticketState"],
    ["TicketKind", "ticketKind"],
    ["Priority", "priority"],
    ["Language", "language"],
  ])("say every %s the server knows", (kind, group) => {
    // Two types of one name are told apart by their modules in front of it.
    const schemas: Record<string, { enum?: string[] } | object> = openapi.components.schemas;
    const [, schema] =
      Object.entries(schemas).find(
        ([name, found]) => "enum" in found && (name === kind || name.endsWith(`.${kind}`)),
      ) ?? [];
    const words = schema && "enum" in schema ? schema.enum : undefined;
    if (!words) throw new Error(`the server knows no ${kind}`);
    const unsaid = words.filter((word) => !english.includes(`${group}.${word}`));
    expect(unsaid).toEqual([]);
  });
});
