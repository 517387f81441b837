import type { StepResult } from "@tapline/runner";
import { expect, test } from "vitest";
import { nextCommands } from "./next-commands.ts";

const result = { kind: "pipe", runId: "20261129T101500Z-1a2b3c4d.2" } as StepResult;

test("the next command has the flags that decide what is loaded, as a shell takes them", () => {
  const flags = { environment: "prod", select: ["orders.*", "items"], exclude: ["*.it's"], limit: 5, quiet: true };
  const again = "tapline run shop --environment prod --select 'orders.*' --select items --exclude '*.it'\\''s' --limit 5";
  expect(nextCommands({ words: ["shop"], fullRefresh: false, flags }, result, 1)).toEqual({ again, retry: again });
});

test("after a full refresh the next run continues, and one that failed is tried again", () => {
  const retry = "tapline runs retry 20261129T101500Z-1a2b3c4d";
  expect(nextCommands({ words: ["a", "b"], fullRefresh: ["x"], flags: {} }, result, 1)).toEqual({ again: "tapline run a b", retry });
  expect(nextCommands({ words: ["job"], fullRefresh: false, flags: {} }, result, 3)).toEqual({ again: "tapline run job", retry });
});
