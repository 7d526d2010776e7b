// The same tree as a list for the keyboard: arrows move, Enter opens the form, Insert adds, Delete takes
// out. Each node stands once, where callers get to it soonest; other ways to it are rows that lead there.

import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Heat } from "./heat";
import { exitsOf, type Tree } from "./model";
import { exitName, gist, kindName } from "./names";
import { WarmRow } from "./Paths";

interface Row {
  key: string;
  name: string;
  from: string;
  field: string;
  level: number;
  /** The node stands elsewhere, or is missing. */
  link: boolean;
  children: boolean;
}

export function rowsOf(tree: Tree, closed: ReadonlySet<string>): Row[] {
  const parent = new Map<string, string>();
  const queue: string[] = [];
  const enter = (name: string | undefined, key: string) => {
    if (!name || !(name in tree.nodes) || parent.has(name)) return;
    parent.set(name, key);
    queue.push(name);
  };
  const starts: string[] = [];
  const visit = () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const node = tree.nodes[name];
      for (const exit of node ? exitsOf(node) : []) enter(exit.target, `${name} ${exit.field}`);
    }
  };
  for (const name of [
    tree.root,
    tree.emergency,
    tree.limits?.on_limit,
    ...Object.keys(tree.nodes),
  ]) {
    if (!name || parent.has(name) || !(name in tree.nodes)) continue;
    starts.push(name);
    enter(name, "");
    visit();
  }
  const rows: Row[] = [];
  const waiting: Row[] = starts
    .map((name) => ({
      key: name,
      name,
      from: "",
      field: "",
      level: 1,
      link: false,
      children: true,
    }))
    .reverse();
  for (let row = waiting.pop(); row; row = waiting.pop()) {
    const node = tree.nodes[row.name];
    const exits = row.link || !node ? [] : exitsOf(node);
    rows.push({ ...row, children: exits.length > 0 });
    if (closed.has(row.name)) continue;
    const { name, level } = row;
    const under = exits.map((exit) => ({
      key: `${name} ${exit.field}`,
      name: exit.target,
      from: name,
      field: exit.field,
      level: level + 1,
      link: parent.get(exit.target) !== `${name} ${exit.field}`,
      children: false,
    }));
    waiting.push(...under.reverse());
  }
  return rows;
}

export function Outline(props: {
  tree: Tree;
  chosen: string;
  choose: (node: string) => void;
  open: () => void;
  add: (from: string, field: string) => void;
  remove: (node: string) => void;
  wrong: Map<string, "error" | "warning">;
  heat: Heat | null;
  locked: boolean;
}) {
  const { tree, chosen, heat } = props;
  const { t } = useTranslation();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => rowsOf(tree, closed), [tree, closed]);
  const [at, setAt] = useState("");
  const own = rows.findIndex((row) => row.key === at && row.name === chosen);
  const first = own >= 0 ? own : rows.findIndex((row) => row.name === chosen && !row.link);
  const index = Math.max(0, first);
  const list = useRef<HTMLUListElement>(null);
  const moved = useRef(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: when another row is the one
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>('[tabindex="0"]');
    if (moved.current) row?.focus();
    else row?.scrollIntoView({ block: "nearest" });
    moved.current = false;
  }, [index, rows]);

  const go = (to: number) => {
    const row = rows[Math.min(Math.max(to, 0), rows.length - 1)];
    if (!row) return;
    moved.current = true;
    setAt(row.key);
    props.choose(row.name);
  };
  const fold = (name: string, shut: boolean) =>
    setClosed((old) => {
      const next = new Set(old);
      if (shut) next.add(name);
      else next.delete(name);
      moved.current = true;
      return next;
    });

  const press = (event: KeyboardEvent) => {
    const row = rows[index];
    if (!row) return;
    const open = row.children && !closed.has(row.name);
    const acts = new Map<string, () => void>([
      ["ArrowDown", () => go(index + 1)],
      ["ArrowUp", () => go(index - 1)],
      ["Home", () => go(0)],
      ["End", () => go(rows.length - 1)],
      ["PageDown", () => go(index + 15)],
      ["PageUp", () => go(index - 15)],
      [
        "ArrowRight",
        () => {
          if (row.link) go(rows.findIndex((one) => one.name === row.name && !one.link));
          else if (row.children && !open) fold(row.name, false);
          else if (open) go(index + 1);
        },
      ],
      [
        "ArrowLeft",
        () => {
          if (open) fold(row.name, true);
          else go(rows.findIndex((one) => one.name === row.from && !one.link));
        },
      ],
      ["Enter", props.open],
      ["Insert", () => props.add(row.from || row.name, row.field)],
      ["Delete", () => props.remove(row.name)],
    ]);
    const act = acts.get(event.key);
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (props.locked && (event.key === "Insert" || event.key === "Delete")) return;
    act();
  };

  return (
    <nav className="outline" aria-labelledby="outline-title">
      <h2 id="outline-title">{t("tree.outline")}</h2>
      <p className="quiet" id="outline-keys">
        {t("tree.outlineKeys")}
      </p>
      <ul
        ref={list}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a list makes up a tree
        role="tree"
        aria-labelledby="outline-title"
        aria-describedby="outline-keys"
        onKeyDown={press}
      >
        {rows.map((row, n) => {
          const node = tree.nodes[row.name];
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list hears the keys for its rows
            <li
              key={row.key}
              role="treeitem"
              aria-level={row.level}
              aria-expanded={row.children ? !closed.has(row.name) : undefined}
              aria-selected={n === index}
              tabIndex={n === index ? 0 : -1}
              data-link={row.link || undefined}
              data-node={row.name}
              data-kind={node?.kind}
              data-deep={Math.min(row.level, 12)}
              onClick={() => {
                setAt(row.key);
                props.choose(row.name);
              }}
            >
              {row.field && <span className="row-exit">{exitName(t, row.field)}</span>}
              <span className="row-name">
                {row.link ? "↪ " : ""}
                {row.name}
              </span>
              {node && !row.link && <small>{kindName(t, node.kind)}</small>}
              {!node && <small className="wrong">{t("tree.missing")}</small>}
              {props.wrong.has(row.name) && !row.link && (
                <small className="wrong">
                  {props.wrong.get(row.name) === "error" ? "✕" : "!"}
                  <span className="unseen">
                    {t(`tree.severity.${props.wrong.get(row.name) ?? "error"}`)}
                  </span>
                </small>
              )}
              {node && !row.link && !heat && <small className="row-gist">{gist(tree, node)}</small>}
              {node && !row.link && heat && <WarmRow warm={heat.nodes.get(row.name)} />}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
