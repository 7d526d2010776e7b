// Forms: their fields beside what people will fill in. A version, once published, never changes.

import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { FormFields } from "../desk/FormFields";
import {
  type Data,
  documentOf,
  type Field,
  type Form,
  type FormDocument,
  nameOf,
} from "../desk/forms";
import { STATES } from "../desk/tickets";
import "../desk/desk.css";

const KINDS = ["text", "long", "date", "integer", "boolean", "choice"] as const;
type Kind = (typeof KINDS)[number];
const FRESH: FormDocument = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  "x-names": { "zh-CN": "", en: "" },
  properties: {},
};

export function FormEditor() {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState("");
  const { data } = useQuery({ queryKey: ["forms"], queryFn: () => told(api.GET("/api/v1/forms")) });
  const forms = data?.forms ?? [];
  const form = forms.find((one) => one.id === chosen);
  return (
    <section className="document">
      <header className="document-bar">
        <h1>{t("admin.part.forms")}</h1>
        <NativeSelect
          id="which-form"
          aria-label={t("form.title")}
          value={chosen}
          data={[
            { value: "", label: t("form.new") },
            ...forms.map((one) => ({ value: one.id, label: `${nameOf(one)} (v${one.number})` })),
          ]}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      </header>
      <Edit key={`${chosen}.${form?.number ?? 0}`} form={form} published={setChosen} />
    </section>
  );
}

function Edit({ form, published }: { form: Form | undefined; published: (id: string) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [id, setId] = useState(form?.id ?? "");
  const [document, setDocument] = useState(form ? documentOf(form) : FRESH);
  const [tried, setTried] = useState<Data>({});
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      told(
        api.PUT("/api/v1/forms/{id}", {
          params: { path: { id } },
          body: { document: document as never, number: form?.number ?? 0 },
        }),
      ),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["forms"] });
      published(made.id);
    },
  });
  const fields = Object.entries(document.properties);
  const setFields = (changed: [string, Field][]) =>
    setDocument({ ...document, properties: Object.fromEntries(changed) });
  const names = (language: string) => (
    <TextInput
      id={`form-name-${language}`}
      label={t("form.nameIn", { language })}
      maxLength={80}
      value={document["x-names"][language] ?? ""}
      onChange={(event) => {
        const name = event.currentTarget.value;
        setDocument({ ...document, "x-names": { ...document["x-names"], [language]: name } });
      }}
    />
  );
  return (
    <div className="desk-both">
      <form
        className="desk-box"
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <div className="facts-row">
          {!form && (
            <TextInput
              id="form-id"
              label={t("form.id")}
              required
              pattern="[a-z0-9][a-z0-9-]*"
              maxLength={40}
              value={id}
              onChange={(event) => setId(event.currentTarget.value)}
            />
          )}
          {names("zh-CN")}
          {names("en")}
        </div>
        {fields.map(([name, field], place) => (
          <OneField
            // biome-ignore lint/suspicious/noArrayIndexKey: its name is being typed.
            key={place}
            name={name}
            field={field}
            document={document}
            rename={(to, changed) =>
              setFields(fields.map((one, at) => (at === place ? [to, changed] : one)))
            }
            require={(state, on) => setDocument(required(document, name, state, on))}
            drop={() => setFields(fields.filter((_, at) => at !== place))}
          />
        ))}
        <div className="say-acts">
          <Button
            id="add-field"
            variant="default"
            onClick={() =>
              setFields([...fields, [`field_${fields.length + 1}`, made("text", {}, [])]])
            }
          >
            {t("form.addField")}
          </Button>
          <Button id="publish-form" type="submit" loading={isPending}>
            {t("form.publish", { number: (form?.number ?? 0) + 1 })}
          </Button>
        </div>
        {error && (
          <p role="alert" className="wrong" id="form-mistake">
            {error instanceof Refused
              ? `${error.field ? `${error.field}: ` : ""}${error.message}`
              : t("unreachable")}
          </p>
        )}
      </form>
      <section className="desk-box" aria-labelledby="form-preview">
        <h2 id="form-preview">{t("form.preview")}</h2>
        <FormFields document={document} data={tried} change={setTried} prefix="preview" />
      </section>
    </div>
  );
}

interface Editing {
  name: string;
  field: Field;
  document: FormDocument;
  rename: (name: string, field: Field) => void;
  require: (state: string, on: boolean) => void;
  drop: () => void;
}

function OneField({ name, field, document, rename, require, drop }: Editing) {
  const { t } = useTranslation();
  const kind = kindOf(field);
  const names = field["x-names"] ?? {};
  const choices = Object.entries(field["x-options"] ?? {}).map(
    ([value, said]) => `${value}=${said["zh-CN"] ?? ""}/${said.en ?? ""}`,
  );
  return (
    <fieldset className="form-field" data-field={name}>
      <legend>{names["zh-CN"] || names.en || name}</legend>
      <div className="facts-row">
        <TextInput
          label={t("form.fieldId")}
          value={name}
          maxLength={40}
          onChange={(event) => rename(event.currentTarget.value, field)}
        />
        {["zh-CN", "en"].map((language) => (
          <TextInput
            key={language}
            label={t("form.nameIn", { language })}
            value={names[language] ?? ""}
            maxLength={80}
            onChange={(event) => {
              const said = { ...names, [language]: event.currentTarget.value };
              rename(name, { ...field, "x-names": said });
            }}
          />
        ))}
        <NativeSelect
          label={t("form.kind")}
          value={kind}
          data={KINDS.map((value) => ({ value, label: t(`form.kindIs.${value}`) }))}
          onChange={(event) =>
            rename(name, made(event.currentTarget.value as Kind, names, choices))
          }
        />
        <Button variant="subtle" aria-label={t("form.dropField", { name })} onClick={drop}>
          ✕
        </Button>
      </div>
      {kind === "choice" && (
        <TextInput
          label={t("form.options")}
          description={t("form.optionsHint")}
          defaultValue={choices.join("; ")}
          onBlur={(event) =>
            rename(name, made("choice", names, event.currentTarget.value.split(";")))
          }
        />
      )}
      <div className="facts-row">
        <span className="quiet">{t("form.neededFor")}</span>
        {STATES.filter((state) => state !== "open").map((state) => (
          <Checkbox
            key={state}
            label={t(`ticketState.${state}`)}
            checked={document["x-required"]?.[state]?.includes(name) ?? false}
            onChange={(event) => require(state, event.currentTarget.checked)}
          />
        ))}
      </div>
    </fieldset>
  );
}

function kindOf(field: Field): Kind {
  if (field.enum || field.type === "array") return "choice";
  if (field.type === "boolean") return "boolean";
  if (field.type === "integer" || field.type === "number") return "integer";
  if (field.format === "date") return "date";
  return (field.maxLength ?? 0) > 500 ? "long" : "text";
}

function made(kind: Kind, names: Record<string, string>, choices: readonly string[]): Field {
  const said = { "x-names": names };
  switch (kind) {
    case "long":
      return { ...said, type: "string", maxLength: 4_000 };
    case "date":
      return { ...said, type: "string", format: "date" };
    case "integer":
      return { ...said, type: "integer" };
    case "boolean":
      return { ...said, type: "boolean" };
    case "choice": {
      const read = choices.map((one) => one.trim()).filter(Boolean);
      const pairs = (read.length > 0 ? read : ["yes=是/Yes", "no=否/No"]).map((one) => {
        const [value = "", words = ""] = one.split("=");
        const [zh = "", en = ""] = words.split("/");
        return [value.trim(), { "zh-CN": zh.trim() || value, en: en.trim() || value }] as const;
      });
      const options = Object.fromEntries(pairs);
      return { ...said, type: "string", enum: Object.keys(options), "x-options": options };
    }
    default:
      return { ...said, type: "string", maxLength: 200 };
  }
}

function required(document: FormDocument, name: string, state: string, on: boolean): FormDocument {
  const all = document["x-required"] ?? {};
  const now = (all[state] ?? []).filter((one) => one !== name);
  return { ...document, "x-required": { ...all, [state]: on ? [...now, name] : now } };
}
