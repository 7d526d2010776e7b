// Forms for the common things of a document. What is typed here changes the text beside it.

import { Button, NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, Group } from "./forms";
import { add, asPairs, names, pairs, put, written } from "./text";
import type { Mistake } from "./useDocument";

interface Edited {
  text: string;
  type: (text: string) => void;
  mistakes: readonly Mistake[];
}

/** A group that there is one of. */
export function Single({ group, ...edited }: Edited & { group: Group }) {
  const { t } = useTranslation();
  const label = t(`admin.group.${group.key as "queues"}`);
  return (
    <section className="entries" aria-label={label}>
      <h2>{label}</h2>
      <div className="entries-fields">
        {group.fields.map((field) => (
          <One key={field.path.join(".")} field={field} entry={[group.key]} {...edited} />
        ))}
      </div>
    </section>
  );
}

export function Entries({ group, ...edited }: Edited & { group: Group }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState("");
  const [fresh, setFresh] = useState("");
  const { text, type } = edited;
  const above = group.key ? [group.key] : [];
  const all = names(text, above);
  const name = all.includes(chosen) ? chosen : (all[0] ?? "");
  const label = t(`admin.group.${(group.key || "calendars") as "queues"}`);
  const begin = () => {
    const wanted = fresh.trim();
    if (!wanted || all.includes(wanted)) return;
    type(add(text, [...above, wanted], group.begins));
    setChosen(wanted);
    setFresh("");
  };
  return (
    <section className="entries" aria-label={label}>
      <h2>{label}</h2>
      <div className="entries-choose">
        {all.length > 0 && (
          <NativeSelect
            label={t("admin.entry")}
            value={name}
            data={all}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
        )}
        <form
          className="entries-new"
          onSubmit={(event) => {
            event.preventDefault();
            begin();
          }}
        >
          <TextInput
            label={t("admin.newName")}
            value={fresh}
            error={all.includes(fresh.trim()) ? t("admin.nameTaken") : undefined}
            onChange={(event) => setFresh(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={!fresh.trim()}>
            {t("admin.add")}
          </Button>
        </form>
      </div>
      {name && (
        <div className="entries-fields">
          {group.fields.map((field) => (
            <One key={field.path.join(".")} field={field} entry={[...above, name]} {...edited} />
          ))}
          <Button
            variant="subtle"
            color="red"
            onClick={() => type(put(text, [...above, name], undefined))}
          >
            {t("admin.remove", { name })}
          </Button>
        </div>
      )}
    </section>
  );
}

function One({ field, entry, text, type, mistakes }: Edited & { field: Field; entry: string[] }) {
  const { t } = useTranslation();
  const path = [...entry, ...field.path];
  const now = field.kind === "pairs" ? pairs(text, path) : written(text, path);
  // What is typed stays as it was typed for as long as one is in the field.
  const [typed, setTyped] = useState<string>();
  const label = t(`admin.field.${field.path.join("_") as "host"}`);
  const wrong = mistakes.filter((one) => at(one.path, path.join(".")));
  const error =
    wrong.length > 0 ? wrong.map((one) => `${one.wrong}; ${one.right}`).join(" ") : null;
  if (now === null) return <TextInput label={label} value={t("admin.inText")} disabled />;
  const change = (value: string) => {
    setTyped(value);
    type(put(text, path, meant(field, value)));
  };
  const common = {
    label,
    error,
    value: typed ?? now,
    "data-path": path.join("."),
    onBlur: () => setTyped(undefined),
    onChange: (event: { currentTarget: { value: string } }) => change(event.currentTarget.value),
  };
  if (field.kind === "choice") {
    const known = field.namesOf ? names(text, [field.namesOf]) : (field.options ?? []);
    const data = [...new Set(["", ...known, now])];
    return <NativeSelect {...common} data={data} />;
  }
  if (field.kind === "secret") return <PasswordInput {...common} autoComplete="off" />;
  return <TextInput {...common} inputMode={field.kind === "number" ? "decimal" : "text"} />;
}

function meant(field: Field, typed: string) {
  const value = typed.trim();
  if (value === "") return undefined;
  if (field.kind === "pairs") return asPairs(value);
  if (field.kind === "list") {
    return value
      .split(/[,，]/)
      .map((one) => one.trim())
      .filter(Boolean);
  }
  return field.kind === "number" && /^-?\d{1,9}(\.\d{1,6})?$/.test(value) ? Number(value) : value;
}

function at(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}[`) || path.startsWith(`${field}.`);
}
