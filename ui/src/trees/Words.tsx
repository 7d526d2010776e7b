// What is said: prompts in each language side by side, heard before anybody calls.

import { ActionIcon, Button, Group, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { freeName, isName, type Language, type Says, type Tree } from "./model";
import { listen } from "./speech";

type Change = (to: (from: Tree) => Tree) => void;

export function Listen({ language, text }: { language: Language; text: string }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      loading={busy}
      disabled={!text.trim()}
      onClick={() => {
        setBusy(true);
        void listen(language, text).finally(() => setBusy(false));
      }}
    >
      ▶ {t("tree.listen")}
      <span className="unseen"> {t(`language.${language}`)}</span>
    </Button>
  );
}

export function PromptWords(props: {
  tree: Tree;
  prompt: string;
  change: Change;
  locked: boolean;
}) {
  const { tree, prompt } = props;
  const { t } = useTranslation();
  return (
    <div className="prompt" data-prompt={prompt}>
      {tree.languages.map((one) => {
        const wording = tree.prompts[prompt]?.[one];
        const missing = !wording?.text.trim() && !wording?.audio;
        return (
          <Textarea
            key={one}
            lang={one}
            label={
              <span className="prompt-label">
                {prompt} · {t(`language.${one}`)}
              </span>
            }
            autosize
            minRows={1}
            maxLength={500}
            readOnly={props.locked}
            value={wording?.text ?? ""}
            error={missing ? t("tree.noWords") : undefined}
            onChange={(event) => {
              const text = event.currentTarget.value;
              props.change((from) => ({
                ...from,
                prompts: {
                  ...from.prompts,
                  [prompt]: { ...from.prompts[prompt], [one]: { ...wording, text } },
                },
              }));
            }}
            rightSectionWidth={110}
            rightSection={<Listen language={one} text={wording?.text ?? ""} />}
          />
        );
      })}
    </div>
  );
}

export function SaysField(props: {
  tree: Tree;
  label: string;
  name: string;
  says: Says;
  set: (says: Says) => void;
  change: Change;
  locked: boolean;
  error?: string;
}) {
  const { tree, says, set, locked } = props;
  const { t } = useTranslation();
  const swap = (index: number, by: number) => {
    const next = [...says];
    const [one] = next.splice(index, 1);
    if (one !== undefined) next.splice(index + by, 0, one);
    set(next);
  };
  return (
    <fieldset className="says">
      <legend>{props.label}</legend>
      {says.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same prompt may be said twice
        <div key={index} className="says-one">
          {typeof one === "string" ? (
            <PromptWords tree={tree} prompt={one} change={props.change} locked={locked} />
          ) : (
            <Group gap="xs" grow>
              <TextInput
                label={t("tree.field.variable")}
                value={one.variable}
                readOnly={locked}
                onChange={(event) =>
                  set(says.with(index, { ...one, variable: event.currentTarget.value }))
                }
              />
              <Select
                label={t("tree.readAs")}
                data={["text", "number", "digits", "date", "prompt"].map((value) => ({
                  value,
                  label: t(`tree.reading.${value as "text"}`),
                }))}
                value={one.read_as ?? "text"}
                disabled={locked}
                onChange={(read_as) => read_as && set(says.with(index, { ...one, read_as }))}
              />
              {one.read_as === "prompt" && (
                <TextInput
                  label={t("tree.prefix")}
                  value={one.prefix ?? ""}
                  readOnly={locked}
                  onChange={(event) =>
                    set(says.with(index, { ...one, prefix: event.currentTarget.value }))
                  }
                />
              )}
            </Group>
          )}
          {!locked && (
            <span className="says-tools">
              {index > 0 && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("tree.earlier")}
                  onClick={() => swap(index, -1)}
                >
                  ↑
                </ActionIcon>
              )}
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t("tree.unsay")}
                onClick={() => set(says.toSpliced(index, 1))}
              >
                ✕
              </ActionIcon>
            </span>
          )}
        </div>
      ))}
      {props.error && (
        <p className="wrong" role="alert">
          {props.error}
        </p>
      )}
      {!locked && (
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              const name = freeName(props.name, tree.prompts);
              set([...says, isName(name) ? name : freeName("prompt", tree.prompts)]);
            }}
          >
            {t("tree.newWords")}
          </Button>
          <Select
            size="xs"
            aria-label={t("tree.oldWords")}
            placeholder={t("tree.oldWords")}
            searchable
            value={null}
            data={Object.keys(tree.prompts)}
            onChange={(prompt) => prompt && set([...says, prompt])}
          />
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => set([...says, { variable: "number", read_as: "digits" }])}
          >
            {t("tree.aVariable")}
          </Button>
        </Group>
      )}
    </fieldset>
  );
}

/** How much of the tree each language says, and every prompt of it. */
export function Prompts(props: { tree: Tree; change: Change; locked: boolean }) {
  const { tree } = props;
  const { t } = useTranslation();
  const names = Object.keys(tree.prompts);
  const [wanted, setWanted] = useState("");
  const has = (prompt: string, one: Language) => {
    const wording = tree.prompts[prompt]?.[one];
    return Boolean(wording?.text.trim() || wording?.audio);
  };
  const shown = names.filter((prompt) =>
    wanted === "missing"
      ? tree.languages.some((one) => !has(prompt, one))
      : prompt.includes(wanted) ||
        Object.values(tree.prompts[prompt] ?? {}).some((one) => one.text.includes(wanted)),
  );
  return (
    <div className="prompts">
      <dl className="coverage">
        {tree.languages.map((one) => {
          const n = names.filter((prompt) => has(prompt, one)).length;
          return (
            <div key={one} data-language={one} data-full={n === names.length || undefined}>
              <dt>{t(`language.${one}`)}</dt>
              <dd>
                {n} / {names.length}
                <progress value={n} max={names.length || 1} aria-label={t(`language.${one}`)} />
              </dd>
            </div>
          );
        })}
      </dl>
      <Group gap="xs" align="end">
        <TextInput
          label={t("tree.find")}
          value={wanted === "missing" ? "" : wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <Button
          variant={wanted === "missing" ? "filled" : "default"}
          aria-pressed={wanted === "missing"}
          onClick={() => setWanted(wanted === "missing" ? "" : "missing")}
        >
          {t("tree.missingWords")}
        </Button>
      </Group>
      {shown.map((prompt) => (
        <PromptWords key={prompt} {...props} prompt={prompt} />
      ))}
    </div>
  );
}
