// One node as a form. What is wrong is said beside the field, what was typed stays.

import { Autocomplete, Button, Group, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { same } from "./changes";
import {
  FIELDS,
  type Field,
  type Finding,
  type House,
  isName,
  LEVELS,
  placeOf,
  renamed,
  type Says,
  type Tree,
  type TreeNode,
} from "./model";
import { exitName, fieldName, kindName } from "./names";
import { SaysField } from "./Words";

export interface FormProps {
  tree: Tree;
  name: string;
  change: (to: (from: Tree) => Tree) => void;
  choose: (node: string) => void;
  add: (from: string, field: string) => void;
  remove: (node: string) => void;
  findings: readonly Finding[];
  house: House | undefined;
  locked: boolean;
}

export function NodeForm(props: FormProps) {
  const { tree, name, locked } = props;
  const { t } = useTranslation();
  const node = tree.nodes[name];
  if (!node) return <p className="quiet">{t("tree.noNode")}</p>;
  const own = props.findings.filter((one) => placeOf(one, tree)?.node === name);
  const put = (next: TreeNode) =>
    props.change((from) => ({ ...from, nodes: { ...from.nodes, [name]: next } }));
  const set = (field: string, value: unknown) => {
    const { [field]: _old, ...rest } = node;
    put((value === undefined ? rest : { ...node, [field]: value }) as TreeNode);
  };
  const general = own.filter((one) => !placeOf(one, tree)?.field);
  return (
    <form className="node-form" data-node={name} onSubmit={(event) => event.preventDefault()}>
      <NameField {...props} />
      <p className="node-kind" data-kind={node.kind}>
        {kindName(t, node.kind)} <span className="quiet">{t(`tree.about.${node.kind}`)}</span>
      </p>
      {general.map((one) => (
        <Said key={one.rule + one.where} finding={one} />
      ))}
      {FIELDS[node.kind].map((field) => (
        <FieldInput
          key={`${name} ${field.name}`}
          {...props}
          field={field}
          node={node}
          set={(value) => set(field.name, value)}
          wrong={own.filter((one) => {
            const at = placeOf(one, tree)?.field ?? "";
            return (
              at === field.name ||
              at.startsWith(`${field.name}.`) ||
              at.startsWith(`${field.name}[`)
            );
          })}
        />
      ))}
      {!locked && (
        <Group gap="xs">
          <Button variant="light" onClick={() => props.add(name, "")}>
            {t("tree.add")}
          </Button>
          {name !== tree.root && (
            <>
              <Button
                variant="default"
                onClick={() => props.change((from) => ({ ...from, root: name }))}
              >
                {t("tree.makeRoot")}
              </Button>
              <Button color="red" variant="subtle" onClick={() => props.remove(name)}>
                {t("tree.remove")}
              </Button>
            </>
          )}
        </Group>
      )}
    </form>
  );
}

export function Said({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  return (
    <p
      className={finding.severity === "error" ? "finding wrong" : "finding"}
      data-rule={finding.rule}
    >
      <strong>{t(`tree.severity.${finding.severity}`)}</strong> {finding.problem}
      {finding.advice && <em> → {finding.advice}</em>}
      {finding.path && (
        <small>
          {t("tree.way")}: {finding.path}
        </small>
      )}
    </p>
  );
}

function NameField({ tree, name, change, choose, locked }: FormProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  const taken = typed !== name && typed in tree.nodes;
  const error = taken ? t("tree.nameTaken") : isName(typed) ? undefined : t("tree.nameRule");
  const done = () => {
    if (error || typed === name) return;
    change((from) => renamed(from, name, typed));
    choose(typed);
  };
  return (
    <TextInput
      label={t("tree.name")}
      className="node-name"
      value={typed}
      readOnly={locked}
      error={error}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => event.key === "Enter" && done()}
    />
  );
}

interface InputProps extends FormProps {
  field: Field;
  node: TreeNode;
  set: (value: unknown) => void;
  wrong: Finding[];
}

function FieldInput(props: InputProps) {
  const { field, node, set, tree, locked } = props;
  const { t } = useTranslation();
  const label = fieldName(t, field.name);
  const value = node[field.name];
  const error = props.wrong.length
    ? props.wrong.map((one) => `${one.problem} → ${one.advice}`).join("\n")
    : undefined;
  const text = typeof value === "string" ? value : "";
  const way = field.way;
  switch (way.as) {
    case "says":
      return (
        <SaysField
          tree={tree}
          label={label}
          name={field.name === "says" ? props.name : `${props.name}_${field.name}`}
          says={Array.isArray(value) ? (value as Says) : []}
          set={(says) => set(says.length || !field.free ? says : undefined)}
          change={props.change}
          locked={locked}
          {...(error ? { error } : {})}
        />
      );
    case "target":
      return (
        <Target
          {...props}
          label={label}
          value={text}
          error={error}
          set={(to) => set(to || (field.free ? undefined : ""))}
        />
      );
    case "targets":
      return (
        <Targets {...props} label={label} of={way.of === "keys" ? [..."1234567890*#"] : way.of} />
      );
    case "number":
      return (
        <Typed
          label={label}
          text={value === undefined ? "" : String(value)}
          read={(typed) => (typed.trim() === "" ? undefined : Number(typed))}
          wrong={(typed) => (Number.isNaN(Number(typed)) ? t("tree.aNumber") : "")}
          placeholder={t("tree.usual")}
          {...{ set, error, locked }}
        />
      );
    case "yes":
      return (
        <Switch
          label={label}
          checked={value === undefined ? field.name === "barge_in" : value === true}
          disabled={locked}
          error={error}
          onChange={(event) => set(event.currentTarget.checked)}
        />
      );
    case "key":
      return (
        <Select
          label={label}
          data={[..."1234567890*#"]}
          value={text || null}
          clearable
          disabled={locked}
          error={error}
          onChange={(key) => set(key ?? undefined)}
        />
      );
    case "language":
      return (
        <Select
          label={label}
          data={tree.languages.map((one) => ({ value: one, label: t(`language.${one}`) }))}
          value={text}
          disabled={locked}
          error={error}
          onChange={(one) => one && set(one)}
        />
      );
    case "house":
      return (
        <Autocomplete
          label={label}
          data={[...(props.house?.[way.of] ?? [])]}
          value={text}
          readOnly={locked}
          error={error}
          onChange={set}
        />
      );
    case "text":
      return (
        <TextInput
          label={label}
          value={text}
          readOnly={locked}
          error={error}
          onChange={(event) => set(event.currentTarget.value || (field.free ? undefined : ""))}
        />
      );
    case "list":
      return (
        <Textarea
          label={label}
          description={t("tree.oneALine")}
          autosize
          value={Array.isArray(value) ? value.join("\n") : ""}
          readOnly={locked}
          error={error}
          onChange={(event) =>
            set(event.currentTarget.value ? event.currentTarget.value.split("\n") : undefined)
          }
        />
      );
    case "languages":
    case "levels":
    case "values":
      return (
        <Typed
          label={label}
          description={t(`tree.pairs.${way.as}`, { levels: LEVELS.join(" ") })}
          text={Object.entries((value ?? {}) as object)
            .map(([key, one]) => `${key} = ${one}`)
            .join("\n")}
          read={(typed) => pairs(typed, way.as === "levels")}
          wrong={(typed) => (pairs(typed, way.as === "levels") === null ? t("tree.pairsRule") : "")}
          lines
          {...{ set, error, locked }}
        />
      );
    case "json":
      return (
        <Typed
          label={label}
          description={t(`tree.example.${field.name as "cases"}`)}
          text={value === undefined ? "" : JSON.stringify(value, null, 1)}
          read={(typed) => (typed.trim() ? JSON.parse(typed) : undefined)}
          wrong={(typed) => notJson(typed)}
          lines
          {...{ set, error, locked }}
        />
      );
  }
}

function pairs(typed: string, numbers: boolean): Record<string, unknown> | null | undefined {
  const found: Record<string, unknown> = {};
  for (const line of typed.split("\n").filter((one) => one.trim())) {
    const [key = "", value = ""] = line.split(/=(.*)/s).map((one) => one.trim());
    if (!key || !value || (numbers && Number.isNaN(Number(value)))) return null;
    found[key] = numbers ? Number(value) : value;
  }
  return Object.keys(found).length ? found : undefined;
}

function notJson(typed: string): string {
  if (!typed.trim()) return "";
  try {
    JSON.parse(typed);
    return "";
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
}

/** Text that means something else: what cannot be read yet stays as typed, with why. */
function Typed(props: {
  label: string;
  description?: string;
  placeholder?: string;
  text: string;
  read: (typed: string) => unknown;
  wrong: (typed: string) => string;
  set: (value: unknown) => void;
  error: string | undefined;
  locked: boolean;
  lines?: boolean;
}) {
  const [typed, setTyped] = useState(props.text);
  const { read, wrong } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the document changed elsewhere
  useEffect(() => {
    setTyped((old) => (!wrong(old) && same(asText(read(old)), props.text) ? old : props.text));
  }, [props.text]);
  const problem = wrong(typed);
  const Input = props.lines ? Textarea : TextInput;
  return (
    <Input
      label={props.label}
      description={props.description}
      placeholder={props.placeholder}
      value={typed}
      readOnly={props.locked}
      error={problem || props.error}
      {...(props.lines ? { autosize: true, className: "typed-lines" } : {})}
      onChange={(event: { currentTarget: { value: string } }) => {
        const next = event.currentTarget.value;
        setTyped(next);
        if (!wrong(next)) props.set(read(next));
      }}
    />
  );
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return String(value);
  return Array.isArray(value)
    ? JSON.stringify(value, null, 1)
    : Object.entries(value)
        .map(([key, one]) => `${key} = ${one}`)
        .join("\n");
}

function Target(
  props: Omit<InputProps, "set" | "wrong"> & {
    label: string;
    value: string;
    error: string | undefined;
    set: (to: string) => void;
  },
) {
  const { t } = useTranslation();
  const { tree, value } = props;
  const names = Object.keys(tree.nodes);
  const data = value && !names.includes(value) ? [value, ...names] : names;
  return (
    <div className="target">
      <Select
        label={props.label}
        data={data}
        value={value || null}
        searchable
        clearable={props.field.free === true}
        disabled={props.locked}
        error={props.error}
        onChange={(to) => props.set(to ?? "")}
      />
      {value in tree.nodes && (
        <Button size="compact-sm" variant="subtle" onClick={() => props.choose(value)}>
          {t("tree.goTo")}
          <span className="unseen"> {value}</span>
        </Button>
      )}
    </div>
  );
}

function Targets(props: InputProps & { label: string; of: readonly string[] }) {
  const { t } = useTranslation();
  const { field, node, set, wrong } = props;
  const now = (node[field.name] ?? {}) as Record<string, string>;
  const free = props.of.filter((one) => !(one in now));
  return (
    <fieldset className="targets">
      <legend>{props.label}</legend>
      {Object.entries(now).map(([key, to]) => {
        const at = `${field.name}.${key}`;
        const own = wrong.filter((one) => one.where.endsWith(`.${at}`));
        return (
          <Target
            key={key}
            {...props}
            field={{ ...field, free: true }}
            label={exitName(t, at)}
            value={to}
            error={
              own.length ? own.map((one) => `${one.problem} → ${one.advice}`).join("\n") : undefined
            }
            set={(next) => {
              const { [key]: _old, ...rest } = now;
              const left = next ? { ...now, [key]: next } : rest;
              set(Object.keys(left).length || !field.free ? left : undefined);
            }}
          />
        );
      })}
      {wrong
        .filter((one) => one.where.endsWith(`.${field.name}`))
        .map((one) => (
          <Said key={one.rule} finding={one} />
        ))}
      {!props.locked && free.length > 0 && (
        <Select
          size="xs"
          aria-label={`${t("tree.addExit")}: ${props.label}`}
          placeholder={t("tree.addExit")}
          value={null}
          data={free.map((one) => ({ value: one, label: exitName(t, `${field.name}.${one}`) }))}
          onChange={(one) => one && props.add(props.name, `${field.name}.${one}`)}
        />
      )}
    </fieldset>
  );
}
