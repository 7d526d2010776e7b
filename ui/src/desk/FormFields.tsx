// The fields of a form, drawn from its document.

import {
  Checkbox,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { named } from "../i18n";
import { type Data, type Field, type FormDocument, LONG } from "./forms";

interface Filling {
  document: FormDocument;
  data: Data;
  change: (data: Data) => void;
  /** Field to what is wrong with it. */
  wrong?: Record<string, string>;
  prefix: string;
}

export function FormFields({ document, data, change, wrong = {}, prefix }: Filling) {
  return (
    <div className="form-fields">
      {Object.entries(document.properties).map(([name, field]) => (
        <OneField
          key={name}
          id={`${prefix}-${name}`}
          label={named(field["x-names"], name)}
          field={field}
          value={data[name]}
          error={wrong[name]}
          set={(value) => change({ ...data, [name]: value })}
        />
      ))}
    </div>
  );
}

interface Drawn {
  id: string;
  label: string;
  field: Field;
  value: unknown;
  error: string | undefined;
  set: (value: unknown) => void;
}

function OneField({ id, label, field, value, error, set }: Drawn) {
  const shared = { id, label, error };
  if (field.type === "boolean") {
    return (
      <Checkbox
        {...shared}
        checked={value === true}
        onChange={(event) => set(event.currentTarget.checked)}
      />
    );
  }
  if (field.type === "array") {
    return (
      <MultiSelect
        {...shared}
        value={Array.isArray(value) ? value.map(String) : []}
        data={options(field.items?.enum ?? [], field.items?.["x-options"])}
        onChange={set}
      />
    );
  }
  if (field.enum) {
    return (
      <NativeSelect
        {...shared}
        value={String(value ?? "")}
        data={[{ value: "", label: "" }, ...options(field.enum, field["x-options"])]}
        onChange={(event) => set(event.currentTarget.value)}
      />
    );
  }
  if (field.type === "integer" || field.type === "number") {
    return (
      <NumberInput
        {...shared}
        value={typeof value === "number" ? value : ""}
        allowDecimal={field.type === "number"}
        onChange={set}
      />
    );
  }
  if ((field.maxLength ?? 0) > LONG) {
    return (
      <Textarea
        {...shared}
        autosize
        minRows={2}
        maxLength={field.maxLength}
        value={String(value ?? "")}
        onChange={(event) => set(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      type={field.format === "date" ? "date" : "text"}
      maxLength={field.maxLength}
      value={String(value ?? "")}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

function options(values: readonly string[], names: Record<string, Record<string, string>> = {}) {
  return values.map((value) => ({ value, label: named(names[value], value) }));
}
