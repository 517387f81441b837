import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("../../dist/bin/limit-rows.js", import.meta.url));

const row = (stream: string, id: number) => ({ type: "RECORD", stream, record: { id } });
const state = (value: number) => ({ type: "STATE", value });

/** Limits these messages, and returns what was passed on and logged. */
function limited(settings: object, messages: readonly object[]): { passed: unknown[]; logged: unknown[] } {
  const folder = mkdtempSync(join(tmpdir(), "tapline-limit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify({ rows: 2, ...settings }));
  const input = messages.map((message) => `${JSON.stringify(message)}\n`).join("");
  const { stdout, stderr } = spawnSync(process.execPath, [program, "--config", config], { input, encoding: "utf8" });
  const linesOf = (text: string): unknown[] =>
    text === ""
      ? []
      : text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
  return { passed: linesOf(stdout), logged: linesOf(stderr) };
}

test("a replaced source is not passed on: with some of its rows alone, the target would lose the others", () => {
  const messages = [
    row("a", 1),
    state(1),
    { type: "REPLACE_SOURCE", stream: "a", column: "file", value: "x.csv" },
    row("a", 2),
    row("b", 3),
    state(2),
  ];
  expect(limited({}, messages).passed).toEqual([row("a", 1), state(1), row("b", 3)]);
});

const schema = (stream: string, ...keys: string[]) => ({ type: "SCHEMA", stream, schema: {}, key_properties: keys });
const cut = [schema("a"), row("a", 1), row("a", 2), row("a", 3), state(3), schema("b", "id"), row("b", 1), state(4)];
const warningOf = (stream: string, text: string) => ({
  type: "log",
  level: "warning",
  message: `${stream}: --limit stopped after ${text}`,
});
const ofA = warningOf(
  "a",
  "2 rows that no bookmark covers; the next run sends them again, and a table that is appended to then has them twice",
);

test("rows that the next run sends again are named, where they are then in the table twice", () => {
  expect(limited({}, cut).logged).toEqual([ofA]);
  const ofB = "1 row that no bookmark covers; the next run sends it again, and a table that is appended to then has it twice";
  expect(limited({ appends: true }, cut).logged).toEqual([ofA, warningOf("b", ofB)]);
  expect(limited({ streams: ["a"] }, cut).logged).toEqual([ofA]);
});

test("rows before a STATE, and a stream that the limit does not stop, need no warning", () => {
  expect(limited({}, [schema("a"), row("a", 1), row("a", 2), state(2), row("a", 3), state(3)]).logged).toEqual([]);
  expect(limited({}, [schema("a"), row("a", 1), row("a", 2)]).logged).toEqual([]);
});
