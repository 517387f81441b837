import type { StepResult } from "@tapline/runner";
import { expect, test } from "vitest";
import { nextCommands } from "./next-commands.ts";

const one = { steps: 1, targets: [] };
const result = { kind: "pipe", target: "target-duckdb", runId: "20261129T101500Z-1a2b3c4d.2" } as StepResult;

test("the next command has the flags that decide what is loaded, as a shell takes them", () => {
  const request = { words: ["shop"], environment: "prod", select: ["orders.*", "items"], exclude: ["*.it's"], limit: 5, keep: false };
  const again = "tapline run shop --environment prod --select 'orders.*' --select items --exclude '*.it'\\''s' --limit 5";
  expect(nextCommands(request, result, one)).toEqual({ again, retry: again });
});

test("after a full refresh the next run continues, and one that failed is tried again", () => {
  const retry = "tapline runs retry 20261129T101500Z-1a2b3c4d";
  expect(nextCommands({ words: ["a", "b"], full_refresh: ["x"] }, result, one)).toEqual({ again: "tapline run a b", retry });
  expect(nextCommands({ words: ["job"] }, result, { ...one, steps: 3 })).toEqual({
    again: "tapline run job",
    retry,
  });
});

test("rows are shown by a command that names the target where there are several", () => {
  const preview = (targets: string[], environment = "dev") =>
    nextCommands({ words: ["shop"], ...(environment !== "dev" && { environment }) }, result, { steps: 1, targets }).preview?.(
      "sales orders",
    );
  expect(preview(["target-duckdb"])).toBe("tapline preview 'sales orders'");
  expect(preview(["target-jsonl", "target-duckdb"], "prod")).toBe(
    "tapline preview 'sales orders' --target target-duckdb --environment prod",
  );
  expect(preview(["target-jsonl"])).toBeUndefined();
});
