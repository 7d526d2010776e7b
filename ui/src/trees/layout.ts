// Where each node stands when nobody has moved it: from left to right as callers go.

import dagre from "@dagrejs/dagre";
import { exitsOf, type Tree, type TreeNode } from "./model";

export const WIDTH = 230;
const HEAD = 58;
const ROW = 22;

export function heightOf(node: TreeNode): number {
  return HEAD + ROW * exitsOf(node).length + (exitsOf(node).length ? 8 : 0);
}

/** Changes when, and only when, the picture must be laid out anew. */
export function shapeOf(tree: Tree): string {
  const nodes = Object.entries(tree.nodes).map(
    ([name, node]) => `${name}:${exitsOf(node).map((one) => `${one.field}>${one.target}`)}`,
  );
  return `${tree.root}|${nodes.join("|")}`;
}

export function layOut(tree: Tree): Map<string, { x: number; y: number }> {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 26, ranksep: 90, ranker: "longest-path" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [name, node] of Object.entries(tree.nodes))
    graph.setNode(name, { width: WIDTH, height: heightOf(node) });
  for (const [name, node] of Object.entries(tree.nodes))
    for (const exit of exitsOf(node))
      if (exit.target in tree.nodes && exit.target !== name) graph.setEdge(name, exit.target);
  dagre.layout(graph);
  return new Map(
    Object.keys(tree.nodes).map((name) => {
      const at = graph.node(name);
      return [name, { x: at.x - at.width / 2, y: at.y - at.height / 2 }];
    }),
  );
}
