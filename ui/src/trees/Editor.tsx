// The workshop of one tree: outline, picture, and beside them the node, the words, what is wrong, a
// trial call, and what was published.

import { Button, Modal, SegmentedControl, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, told } from "../api/client";
import { useSession } from "../session/session";
import { AddNode } from "./AddNode";
import { Canvas } from "./Canvas";
import { changes, clashes, together } from "./changes";
import { type TreeDraft, useTreeDraft } from "./draft";
import { useEditLock } from "./lock";
import { asTree, placeOf, type Tree, withExit } from "./model";
import { NodeForm, Said } from "./NodeForm";
import { Outline } from "./Outline";
import { PathPanel } from "./Paths";
import { Publish } from "./Publish";
import { Simulator } from "./Simulator";
import { Changes, Versions } from "./Versions";
import { Prompts } from "./Words";
import { useWays } from "./ways";
import "./trees.css";

const FOLLOW_MS = 4_000;

export function Editor({ id }: { id: string }) {
  const { t } = useTranslation();
  const draft = useTreeDraft(id);
  const { tree } = draft;
  if (tree === undefined)
    return (
      <main className="trees quiet">
        {draft.problem && draft.problem !== "offline" ? draft.problem : t("connecting")}
      </main>
    );
  if (tree === null)
    return (
      <main className="trees">
        <h1>{id}</h1>
        <p className="wrong">{t("tree.noDrawing")}</p>
        {draft.findings.map((one) => (
          <Said key={one.rule + one.where} finding={one} />
        ))}
        <pre className="raw">{draft.document}</pre>
      </main>
    );
  return <Workshop id={id} draft={draft} tree={tree} />;
}

function Workshop({ id, draft, tree }: { id: string; draft: TreeDraft; tree: Tree }) {
  const { t } = useTranslation();
  const may = useSession().roles.includes("admin");
  const { editing, lost, takeOver } = useEditLock(id, may);
  const locked = !may || editing?.yours === false;
  const [chosen, setChosen] = useState(tree.root);
  const [tab, setTab] = useState<string | null>("node");
  const [view, setView] = useState("both");
  const [adding, setAdding] = useState<{ from: string; field: string } | null>(null);
  const [publishing, setPublishing] = useState(false);
  const ways = useWays(id, tree);
  const [here, setHere] = useState("");
  const panel = useRef<HTMLDivElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState("");
  const { change, follow, findings } = draft;
  const { data: house } = useQuery({
    queryKey: ["trees-house"],
    queryFn: () => told(api.GET("/api/v1/trees-house")),
  });
  const { data: inside } = useQuery({
    queryKey: ["inside", id],
    queryFn: () => told(api.GET("/api/v1/trees/{id}/callers", { params: { path: { id } } })),
    refetchInterval: 3_000,
  });
  useEffect(() => {
    if (!locked) return;
    const timer = setInterval(() => void follow().catch(() => {}), FOLLOW_MS);
    return () => clearInterval(timer);
  }, [locked, follow]);

  const wrong = useMemo(() => {
    const found = new Map<string, "error" | "warning">();
    for (const one of findings) {
      const node = placeOf(one, tree)?.node;
      if (node && found.get(node) !== "error") found.set(node, one.severity);
    }
    return found;
  }, [findings, tree]);
  const errors = findings.filter((one) => one.severity === "error").length;

  const connect = useCallback(
    (node: string, field: string, target: string) =>
      change((from) => {
        const before = from.nodes[node];
        if (!before) return from;
        return { ...from, nodes: { ...from.nodes, [node]: withExit(before, field, target) } };
      }),
    [change],
  );
  const remove = useCallback(
    (name: string) =>
      change((from) => {
        if (name === from.root) return from;
        const { [name]: _gone, ...nodes } = from.nodes;
        setChosen(from.root);
        return { ...from, nodes };
      }),
    [change],
  );
  const openForm = () => {
    setTab("node");
    requestAnimationFrame(() =>
      panel.current?.querySelector<HTMLElement>(".node-name input")?.focus(),
    );
  };
  const go = (node: string) => {
    setChosen(node);
    setTab("node");
  };
  const add = (from: string, field: string) => setAdding({ from, field });
  const take = async (files: FileList | null) => {
    const text = await files?.[0]?.text();
    if (text === undefined) return;
    const taken = asTree(text);
    setRefused(taken ? "" : t("tree.notATree"));
    if (taken) change({ ...taken, id });
  };

  return (
    <main className="editor" data-kept={draft.kept}>
      <div className="editor-bar">
        <Link href="/trees">{t("face.trees")}</Link>
        <h1>{tree.title}</h1>
        <output id="kept" className="quiet">
          {draft.problem === "offline" ? t("tree.offline") : t(`tree.kept.${draft.kept}`)}
        </output>
        <div className="editor-acts">
          <SegmentedControl
            size="xs"
            aria-label={t("tree.view")}
            value={view}
            onChange={setView}
            data={(["both", "canvas", "outline"] as const).map((value) => ({
              value,
              label: t(`tree.views.${value}`),
            }))}
          />
          <Button
            size="xs"
            variant="default"
            disabled={!draft.undo || locked}
            onClick={() => draft.undo?.()}
          >
            {t("tree.undo")}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={!draft.redo || locked}
            onClick={() => draft.redo?.()}
          >
            {t("tree.redo")}
          </Button>
          <Button size="xs" variant="default" onClick={() => save(tree)}>
            {t("tree.export")}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={locked}
            onClick={() => file.current?.click()}
          >
            {t("tree.import")}
          </Button>
          <input
            ref={file}
            type="file"
            accept="application/json,.json"
            hidden
            onChange={(event) => {
              void take(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
          <Button
            size="xs"
            id="publish"
            disabled={locked || draft.kept !== "saved"}
            onClick={() => setPublishing(true)}
          >
            {t("tree.publish")}…
          </Button>
        </div>
      </div>
      {refused && (
        <p className="editor-note wrong" role="alert">
          {refused}
        </p>
      )}
      {editing && !editing.yours && (
        <p className="editor-note" role="status" id="locked">
          {t(lost ? "tree.takenOver" : "tree.editedBy", {
            name: editing.name,
            at: new Date(editing.since * 1000).toLocaleTimeString(),
          })}{" "}
          <Button size="compact-sm" onClick={() => void follow().then(takeOver)}>
            {t("tree.takeOver")}
          </Button>
        </p>
      )}
      <div className="editor-room" data-view={view}>
        {view !== "canvas" && (
          <Outline
            tree={tree}
            chosen={chosen}
            choose={setChosen}
            open={openForm}
            add={add}
            remove={remove}
            wrong={wrong}
            heat={ways.heat}
            locked={locked}
          />
        )}
        {view !== "outline" && (
          <Canvas
            tree={tree}
            chosen={chosen}
            choose={go}
            connect={connect}
            wrong={wrong}
            callers={inside?.nodes ?? {}}
            here={here}
            heat={ways.heat}
            locked={locked}
          />
        )}
        <section className="editor-panel" ref={panel} aria-label={t("tree.panel")}>
          <Tabs value={tab} onChange={setTab} keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="node">{t("tree.tab.node")}</Tabs.Tab>
              <Tabs.Tab value="words">{t("tree.tab.words")}</Tabs.Tab>
              <Tabs.Tab value="wrong" data-errors={errors || undefined}>
                {t("tree.tab.wrong")} {findings.length > 0 && <b>{findings.length}</b>}
              </Tabs.Tab>
              <Tabs.Tab value="try">{t("tree.tab.try")}</Tabs.Tab>
              <Tabs.Tab value="versions">{t("tree.tab.versions")}</Tabs.Tab>
              <Tabs.Tab value="paths">{t("paths.tab")}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="node">
              <NodeForm
                tree={tree}
                name={chosen}
                change={change}
                choose={go}
                add={add}
                remove={remove}
                findings={findings}
                house={house}
                locked={locked}
              />
            </Tabs.Panel>
            <Tabs.Panel value="words">
              <Prompts tree={tree} change={change} locked={locked} />
            </Tabs.Panel>
            <Tabs.Panel value="wrong">
              {findings.length === 0 && <p className="quiet">{t("tree.allWell")}</p>}
              <ul className="findings">
                {findings.map((one) => {
                  const node = placeOf(one, tree)?.node;
                  return (
                    <li key={one.rule + one.where + one.problem}>
                      {node ? (
                        <Button size="compact-sm" variant="subtle" onClick={() => go(node)}>
                          {node}
                        </Button>
                      ) : (
                        <code>{one.where}</code>
                      )}
                      <Said finding={one} />
                    </li>
                  );
                })}
              </ul>
            </Tabs.Panel>
            <Tabs.Panel value="try">
              <Simulator tree={tree} here={setHere} />
            </Tabs.Panel>
            <Tabs.Panel value="versions">
              <Versions id={id} tree={tree} locked={locked} />
            </Tabs.Panel>
            <Tabs.Panel value="paths">
              <PathPanel ways={ways} tree={tree} choose={setChosen} />
            </Tabs.Panel>
          </Tabs>
        </section>
      </div>
      {adding && (
        <AddNode
          tree={tree}
          {...adding}
          change={change}
          choose={go}
          close={() => setAdding(null)}
        />
      )}
      {publishing && (
        <Publish
          id={id}
          tree={tree}
          findings={findings}
          may={draft.mayBePublished && draft.kept === "saved"}
          close={() => setPublishing(false)}
        />
      )}
      {draft.conflict && <Both draft={draft} conflict={draft.conflict} />}
    </main>
  );
}

function Both({
  draft,
  conflict,
}: {
  draft: TreeDraft;
  conflict: NonNullable<TreeDraft["conflict"]>;
}) {
  const { t } = useTranslation();
  const { base, mine, theirs } = conflict;
  const both = clashes(base, mine, theirs);
  return (
    <Modal opened onClose={() => {}} withCloseButton={false} size="xl" title={t("tree.conflict")}>
      <div className="both" id="conflict">
        <section>
          <h3>{t("tree.mine")}</h3>
          <Changes found={changes(base, mine)} />
        </section>
        <section>
          <h3>{t("tree.theirs", { by: conflict.by })}</h3>
          <Changes found={changes(base, theirs)} />
        </section>
      </div>
      {both.length > 0 && (
        <p className="wrong">
          {t("tree.clash")}: {both.join(", ")}
        </p>
      )}
      <div className="editor-acts">
        <Button onClick={() => draft.settle(together(base, mine, theirs))}>
          {t("tree.merge")}
        </Button>
        <Button variant="default" onClick={() => draft.settle(mine)}>
          {t("tree.keepMine")}
        </Button>
        <Button variant="default" onClick={() => draft.settle(theirs)}>
          {t("tree.keepTheirs")}
        </Button>
      </div>
    </Modal>
  );
}

function save(tree: Tree): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(
    new Blob([JSON.stringify(tree, null, 2)], { type: "application/json" }),
  );
  link.download = `${tree.id}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
