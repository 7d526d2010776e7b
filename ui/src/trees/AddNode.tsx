// A new node: of which kind, by which name, behind which way out. It leads where that way led before.

import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  exitsOf,
  freeName,
  isName,
  KINDS,
  type Kind,
  newNode,
  openExits,
  type Tree,
  withExit,
} from "./model";
import { exitName, kindName } from "./names";

export function AddNode(props: {
  tree: Tree;
  from: string;
  field: string;
  change: (to: (from: Tree) => Tree) => void;
  choose: (node: string) => void;
  close: () => void;
}) {
  const { tree, from } = props;
  const { t } = useTranslation();
  const parent = tree.nodes[from];
  const taken = parent ? exitsOf(parent) : [];
  const ways = [...taken.map((one) => one.field), ...(parent ? openExits(parent) : [])];
  const [kind, setKind] = useState<Kind>("say");
  const [name, setName] = useState("");
  const [field, setField] = useState(props.field || (ways[0] ?? ""));
  const wanted = name || freeName(kind, tree.nodes);
  const error =
    wanted in tree.nodes ? t("tree.nameTaken") : isName(wanted) ? "" : t("tree.nameRule");

  const add = () => {
    if (error) return;
    props.change((old) => {
      const before = old.nodes[from];
      const led = before && exitsOf(before).find((one) => one.field === field)?.target;
      const onward =
        led ?? Object.keys(old.nodes).find((one) => old.nodes[one]?.kind === "hangup") ?? old.root;
      const made = newNode(kind, wanted, onward, old);
      const speaks = Array.isArray(made.says) && made.says.length > 0 && !(wanted in old.prompts);
      const nodes = { ...old.nodes, [wanted]: made };
      if (before && field) nodes[from] = withExit(before, field, wanted);
      return { ...old, nodes, prompts: speaks ? { ...old.prompts, [wanted]: {} } : old.prompts };
    });
    props.choose(wanted);
    props.close();
  };
  return (
    <Modal
      opened
      onClose={props.close}
      title={t("tree.add")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <form
        className="node-form"
        id="add-node"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <NativeSelect
          data-autofocus
          label={t("tree.kindOf")}
          value={kind}
          data={KINDS.map((one) => ({ value: one, label: kindName(t, one) }))}
          description={t(`tree.about.${kind}`)}
          onChange={(event) => setKind(event.currentTarget.value as Kind)}
        />
        <TextInput
          label={t("tree.name")}
          value={name}
          placeholder={freeName(kind, tree.nodes)}
          error={error}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("tree.behind", { node: from })}
          value={field}
          data={[
            ...ways.map((one) => ({
              value: one,
              label: `${exitName(t, one)}${taken.some((exit) => exit.field === one) ? " ●" : ""}`,
            })),
            { value: "", label: t("tree.nowhere") },
          ]}
          onChange={(event) => setField(event.currentTarget.value)}
        />
        <Button type="submit">{t("tree.add")}</Button>
      </form>
    </Modal>
  );
}
