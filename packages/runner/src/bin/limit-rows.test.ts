import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("../../dist/bin/limit-rows.js", import.meta.url));

test("a replaced source is not passed on: with some of its rows alone, the target would lose the others", () => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-limit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify({ rows: 2 }));
  const row = (stream: string, id: number) => ({ type: "RECORD", stream, record: { id } });
  const state = (value: number) => ({ type: "STATE", value });
  const messages = [
    row("a", 1),
    state(1),
    { type: "REPLACE_SOURCE", stream: "a", column: "file", value: "x.csv" },
    row("a", 2),
    row("b", 3),
    state(2),
  ];
  const input = messages.map((message) => `${JSON.stringify(message)}\n`).join("");
  const { stdout } = spawnSync(process.execPath, [program, "--config", config], { input, encoding: "utf8" });
  const passed = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(passed).toEqual([row("a", 1), state(1), row("b", 3)]);
});
