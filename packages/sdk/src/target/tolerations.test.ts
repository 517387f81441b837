import { expect, test } from "vitest";
import { Tolerations } from "./tolerations.ts";

test("sums by kind and column, and counts only what was committed", () => {
  const tolerations = new Tolerations();
  tolerations.add("a", { kind: "fraction_cut", column: "at", count: 2, first: "x" });
  tolerations.add("a", { kind: "fraction_cut", column: "at", count: 3, first: "y" });
  tolerations.commit();
  tolerations.add("a", { kind: "fraction_cut", column: "at", count: 1 });
  tolerations.add("a", { kind: "nul_removed", column: "at", count: 1 });
  tolerations.commit();
  tolerations.add("a", { kind: "fraction_cut", column: "at", count: 100 });
  expect(tolerations.of("a")).toEqual([
    { kind: "fraction_cut", column: "at", count: 6, first: "x" },
    { kind: "nul_removed", column: "at", count: 1 },
  ]);
  expect(tolerations.of("b")).toEqual([]);
});
