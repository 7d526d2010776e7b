// The tree as a picture: nodes dragged, ways out drawn from one to another. Only what is in sight is
// rendered. Whatever can be done here can be done in the outline by keyboard.

import { useComputedColorScheme } from "@mantine/core";
import {
  applyNodeChanges,
  Controls,
  type Edge,
  Handle,
  MiniMap,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Heat, Warm } from "./heat";
import { heightOf, layOut, shapeOf, WIDTH } from "./layout";
import { type Exit, exitsOf, type Kind, type Tree } from "./model";
import { exitName, gist, kindName } from "./names";
import { percent } from "./Paths";

interface Card extends Record<string, unknown> {
  name: string;
  kind: Kind;
  gist: string;
  exits: Exit[];
  wrong: "error" | "warning" | "";
  callers: number;
  root: boolean;
  here: boolean;
  /** null: paths are not laid over it; undefined: nobody came here. */
  warm: Warm | null | undefined;
}
type CardNode = Node<Card, "card">;

const TYPES = { card: memo(CardView) };

export function Canvas(props: {
  tree: Tree;
  chosen: string;
  choose: (node: string) => void;
  connect: (node: string, field: string, target: string) => void;
  wrong: Map<string, "error" | "warning">;
  callers: Record<string, number>;
  here: string;
  heat: Heat | null;
  locked: boolean;
}) {
  const { tree, chosen, wrong, callers, here, heat } = props;
  const { t, i18n } = useTranslation();
  const scheme = useComputedColorScheme("light");
  const shape = shapeOf(tree);
  // biome-ignore lint/correctness/useExhaustiveDependencies: laid out anew for another shape alone
  const places = useMemo(() => layOut(tree), [shape]);
  const [moved, setMoved] = useState<Map<string, { x: number; y: number }>>(new Map());
  const room = useRef<HTMLElement>(null);
  const flow = useRef<ReactFlowInstance<CardNode, Edge>>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another shape, other places
  useEffect(() => setMoved(new Map()), [shape]);

  const wanted = useMemo<CardNode[]>(
    () =>
      Object.entries(tree.nodes).map(([name, node]) => ({
        id: name,
        type: "card",
        position: moved.get(name) ?? places.get(name) ?? { x: 0, y: 0 },
        width: WIDTH,
        height: heightOf(node),
        selected: name === chosen,
        ariaLabel: `${name}, ${kindName(t, node.kind)}`,
        data: {
          name,
          kind: node.kind,
          gist: gist(tree, node),
          exits: exitsOf(node),
          wrong: wrong.get(name) ?? "",
          callers: callers[name] ?? 0,
          root: name === tree.root,
          here: name === here,
          warm: heat ? heat.nodes.get(name) : null,
        },
      })),
    [tree, places, moved, chosen, wrong, callers, here, heat, t],
  );
  const [nodes, setNodes] = useState(wanted);
  useEffect(() => setNodes(wanted), [wanted]);

  const edges = useMemo<Edge[]>(
    () =>
      Object.entries(tree.nodes).flatMap(([name, node]) =>
        exitsOf(node)
          .filter((exit) => exit.target in tree.nodes)
          .map((exit) => ({
            id: `${name} ${exit.field}`,
            source: name,
            sourceHandle: exit.field,
            target: exit.target,
            focusable: false,
            className: name === chosen || exit.target === chosen ? "way way-near" : "way",
            ...walked(heat?.ways.get(`${name} ${exit.field}`), i18n.language),
          })),
      ),
    [tree, chosen, heat, i18n.language],
  );

  const seen = useRef("");
  useEffect(() => {
    if (!chosen || seen.current === chosen || !flow.current) return;
    seen.current = chosen;
    const at = flow.current.getNode(chosen);
    if (!at) return;
    void flow.current.setCenter(at.position.x + WIDTH / 2, at.position.y + 60, {
      zoom: Math.max(flow.current.getZoom(), 0.7),
    });
  }, [chosen]);

  const choose = useCallback(
    (node: string) => {
      seen.current = node;
      props.choose(node);
    },
    [props.choose],
  );

  return (
    <section ref={room} className="canvas" aria-label={t("tree.canvas")}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        colorMode={scheme}
        onInit={(made) => {
          flow.current = made;
          const root = places.get(tree.root);
          if (root) void made.setCenter(root.x + 420, root.y + 90, { zoom: 0.75 });
        }}
        onNodesChange={(changed) => setNodes((old) => applyNodeChanges(changed, old))}
        onNodeDragStop={(_, node) => {
          moving(room.current, false);
          setMoved((old) => new Map(old).set(node.id, node.position));
        }}
        onNodeClick={(_, node) => choose(node.id)}
        onConnect={({ source, sourceHandle, target }) =>
          sourceHandle && props.connect(source, sourceHandle, target)
        }
        onMoveStart={() => moving(room.current, true)}
        onMoveEnd={() => moving(room.current, false)}
        onNodeDragStart={() => moving(room.current, true)}
        nodesConnectable={!props.locked}
        onlyRenderVisibleElements
        deleteKeyCode={null}
        nodesFocusable={false}
        minZoom={0.08}
        ariaLabelConfig={{
          "controls.ariaLabel": t("tree.canvasControls"),
          "controls.zoomIn.ariaLabel": t("tree.zoomIn"),
          "controls.zoomOut.ariaLabel": t("tree.zoomOut"),
          "controls.fitView.ariaLabel": t("tree.fit"),
          "minimap.ariaLabel": t("tree.map"),
        }}
      >
        <Controls showInteractive={false} />
        <MiniMap pannable zoomable nodeStrokeWidth={2} />
      </ReactFlow>
    </section>
  );
}

/** While something moves the picture is one layer that is pushed, and nothing beside it is drawn
 *  anew; said past React, which has enough to do in that moment. */
function moving(room: HTMLElement | null, on: boolean): void {
  room?.classList.toggle("canvas-moving", on);
}

/** As many callers as went this way, in a number and in how broad it is drawn. */
function walked(warm: Warm | undefined, language: string): Partial<Edge> {
  if (!warm) return {};
  return {
    label: warm.calls.toLocaleString(language),
    labelShowBg: true,
    labelBgPadding: [5, 2],
    labelBgBorderRadius: 4,
    style: { strokeWidth: 1 + 9 * warm.share },
  };
}

function CardHeat({ warm }: { warm: Warm | undefined }) {
  const { t, i18n } = useTranslation();
  if (!warm) return <p className="card-heat card-cold">{t("paths.nobody")}</p>;
  const number = (one: number) => one.toLocaleString(i18n.language);
  return (
    <p
      className="card-heat"
      style={{ backgroundSize: `${Math.round(warm.share * 100)}% 100%` }}
      title={t("paths.came", {
        count: warm.calls,
        calls: number(warm.calls),
        share: percent(warm.share, i18n.language),
      })}
    >
      <span>
        {number(warm.calls)} · {percent(warm.share, i18n.language)}
      </span>
      {warm.left > 0 && (
        <b className="hung-up">
          {t("paths.left", {
            calls: number(warm.left),
            share: percent(warm.left / warm.calls, i18n.language),
          })}
        </b>
      )}
    </p>
  );
}

function CardView({ data, selected, isConnectable }: NodeProps<CardNode>) {
  const { t } = useTranslation();
  return (
    <div
      className="card"
      data-kind={data.kind}
      data-wrong={data.wrong || undefined}
      data-chosen={selected || undefined}
      data-here={data.here || undefined}
    >
      <Handle type="target" position={Position.Left} isConnectable={isConnectable} />
      <p className="card-head">
        <strong>{data.name}</strong>
        {data.callers > 0 && <span className="card-callers">☎ {data.callers}</span>}
        {data.wrong && <span className="card-wrong">{data.wrong === "error" ? "✕" : "!"}</span>}
        <small>
          {data.root ? "▶ " : ""}
          {kindName(t, data.kind)}
        </small>
      </p>
      {data.warm === null ? (
        <p className="card-gist">{data.gist}</p>
      ) : (
        <CardHeat warm={data.warm} />
      )}
      {data.exits.map((exit) => (
        <p key={exit.field} className="card-exit">
          <span>{exitName(t, exit.field)}</span>
          <Handle
            type="source"
            id={exit.field}
            position={Position.Right}
            isConnectable={isConnectable}
          />
        </p>
      ))}
    </div>
  );
}
