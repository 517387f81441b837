/** Where the streams, tables and models of a lineage are drawn: in columns from left to right, near what they come from. Pure. */
import type { Lineage } from "../../src/api/answers.ts";

export type LineageNode = Lineage["nodes"][number];

export interface PlacedNode extends LineageNode {
  column: number;
  row: number;
}

export interface Layout {
  nodes: PlacedNode[];
  edges: { from: PlacedNode; to: PlacedNode }[];
  columns: number;
  rows: number;
}

export function layOutLineage({ nodes, edges }: Lineage): Layout {
  const columns = columnsOf({ nodes, edges });
  const rowOf = new Map<string, number>();
  const placed: PlacedNode[] = [];
  const count = Math.max(0, ...columns.values()) + 1;
  for (let column = 0; column < count; column++) {
    const here = nodes.filter(({ id }) => columns.get(id) === column);
    // The mean row of what a node comes from; what comes from nothing stays in its order.
    const wish = (id: string, index: number): number => {
      const sources = edges.filter(({ to }) => to === id).flatMap(({ from }) => rowOf.get(from) ?? []);
      return sources.length === 0 ? index : sources.reduce((sum, row) => sum + row, 0) / sources.length;
    };
    const sorted = here.map((node, index) => ({ node, wish: wish(node.id, index) })).sort((a, b) => a.wish - b.wish);
    let next = 0;
    for (const { node, wish: wanted } of sorted) {
      const row = Math.max(next, Math.round(wanted));
      rowOf.set(node.id, row);
      placed.push({ ...node, column, row });
      next = row + 1;
    }
  }
  const byId = new Map(placed.map((node) => [node.id, node]));
  return {
    nodes: placed,
    edges: edges.flatMap((edge) => {
      const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
      return from === undefined || to === undefined ? [] : [{ from, to }];
    }),
    columns: count,
    rows: Math.max(0, ...rowOf.values()) + 1,
  };
}

/** Streams first, tables second, a model one further than the furthest it comes from. */
function columnsOf({ nodes, edges }: Lineage): Map<string, number> {
  const first = { stream: 0, table: 1, model: 2 };
  const columns = new Map(nodes.map(({ id, kind }) => [id, first[kind]]));
  // A circle, which dbt does not allow, must not hang the page.
  for (let round = 0; round < nodes.length; round++) {
    let isChanged = false;
    for (const { from, to } of edges) {
      const [source, target] = [columns.get(from), columns.get(to)];
      if (source === undefined || target === undefined || target > source) continue;
      columns.set(to, source + 1);
      isChanged = true;
    }
    if (!isChanged) break;
  }
  return columns;
}
