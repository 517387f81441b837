import type { PluginEvent } from "@tapline/protocol";
import { redactor } from "@tapline/protocol";
import { expect, test } from "vitest";
import { startChild } from "./child.ts";
import { listenTo } from "./listen.ts";

/** The events of a child that prints these lines to its stderr. */
async function listenToLines(lines: readonly string[], secrets: readonly string[]): Promise<PluginEvent[]> {
  const child = await startChild({
    name: "x",
    executable: { command: process.execPath, leadingArgs: [], path: process.execPath },
    args: ["-e", "process.stderr.write(process.env.LINES)"],
    cwd: process.cwd(),
    processEnv: process.env,
    env: { LINES: lines.map((line) => `${line}\n`).join("") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const events: PluginEvent[] = [];
  await listenTo(child, redactor(secrets), (event) => events.push(event)).done;
  return events;
}

test("a secret that is a word of the contract does not change what an event means", async () => {
  const error = {
    type: "error",
    code: "c",
    message: "no data: error",
    hint: "h",
    class: "data",
    recovery: "fatal",
    position: { stream: "s" },
  };
  const lines = [JSON.stringify({ type: "log", level: "error", message: "data" }), JSON.stringify(error)];
  expect(await listenToLines(lines, ["error", "data", "fatal"])).toEqual([
    { kind: "log", level: "error", message: "***" },
    {
      kind: "error",
      error: { code: "c", message: "no ***: ***", hint: "h", class: "data", recovery: "fatal", position: { stream: "s" } },
    },
  ]);
});
