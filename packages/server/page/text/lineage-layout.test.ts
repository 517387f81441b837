import { expect, test } from "vitest";
import type { Lineage } from "../../src/api/answers.ts";
import { layOutLineage } from "./lineage-layout.ts";

const node = (id: string, kind: "stream" | "table" | "model") => ({ id, kind, name: id, status: null, run_id: null });
const lineage: Lineage = {
  nodes: [node("b", "stream"), node("a", "stream"), node("t", "table"), node("u", "table"), node("m2", "model"), node("m1", "model")],
  edges: [
    { from: "b", to: "u" },
    { from: "a", to: "t" },
    { from: "u", to: "m1" },
    { from: "t", to: "m1" },
    { from: "m1", to: "m2" },
    { from: "gone", to: "t" },
  ],
};

test("each node stands to the right of what it comes from, and no two at one place", () => {
  const { nodes, edges, columns } = layOutLineage(lineage);
  expect(columns).toBe(4);
  expect(edges).toHaveLength(5);
  expect(edges.every(({ from, to }) => from.column < to.column)).toBe(true);
  expect(new Set(nodes.map(({ column, row }) => `${column}/${row}`)).size).toBe(nodes.length);
});

test("a table stands beside its stream", () => {
  const { edges } = layOutLineage(lineage);
  expect(edges.filter(({ to }) => to.kind === "table").every(({ from, to }) => from.row === to.row)).toBe(true);
});

test("a circle ends", () => {
  const edges = [...lineage.edges, { from: "m2", to: "m1" }];
  expect(layOutLineage({ ...lineage, edges }).nodes).toHaveLength(6);
});
