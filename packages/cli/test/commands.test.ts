import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { openProject } from "@tapline/runner";
import { expect, test } from "vitest";
import { makeFolder, makeProject, start, tapline } from "./tapline.ts";

const id = "dev:tap-test-to-target-test";

test.each([
  [["init"]],
  [["run"]],
  [["discover"]],
  [["about"]],
  [["state", "list"]],
  [["state", "get"]],
  [["state", "set"]],
  [["state", "clear"]],
  [["state", "edit"]],
  [["state", "merge"]],
  [["state", "copy"]],
  [["state", "move"]],
  [["state", "history"]],
  [["state", "rollback"]],
  [["state", "export"]],
  [["state", "import"]],
])("%j has help with examples", async (command) => {
  const { code, out } = await tapline(makeFolder(), [...command, "--help"]);
  expect(out).toMatch(/USAGE[\s\S]*EXAMPLES/);
  expect(code).toBe(0);
});

test("init makes a project that is valid, prints what to do next, and never overwrites", async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, ".gitignore"), "mine\n");
  const first = await tapline(folder, ["init", "--name", "shop"]);
  expect(first.out).toMatch(/created {2}tapline.yml[\s\S]*kept {5}\.gitignore[\s\S]*Next: tapline run shop/);
  expect(openProject(folder, {}).parsed.file.jobs).toEqual({ shop: ["tap-csv target-duckdb"] });
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("mine\n");
  const second = await tapline(folder, ["init"]);
  expect(second.err).toContain("nothing was changed");
  expect([first.code, second.code]).toEqual([0, 2]);
});

test("outside a project the hint names init", async () => {
  const { code, err } = await tapline(makeFolder(), ["state", "list"]);
  expect(err).toContain("tapline init");
  expect(code).toBe(2);
});

test("state is set from text and stdin digit for digit, listed, printed and cleared", async () => {
  const folder = makeProject();
  const state = '{"bookmarks":{"items":{"replication_key":"id","replication_key_value":12345678901234567891}}}';
  expect((await tapline(folder, ["state", "set", id, state])).code).toBe(0);
  expect((await tapline(folder, ["state", "get", id])).out).toBe(`${state}\n`);
  expect((await tapline(folder, ["state", "set", id, "-"], `{"type":"STATE","value":${state}}`)).code).toBe(0);
  expect((await tapline(folder, ["state", "list"])).out).toContain(`${id}  `);
  expect((await tapline(folder, ["state", "list", "--json"])).out).toContain("12345678901234567891");
  expect((await tapline(folder, ["state", "clear", id])).code).toBe(0);
  const gone = await tapline(folder, ["state", "get", id]);
  expect(gone.err).toContain("There is no state under");
  expect(gone.code).toBe(2);
});

test.each([
  [[id, "[1]"], "it is a list"],
  [[id, "{"], "The state is not JSON"],
  [["tap-test", "{}"], "is not a state id"],
])("state set %j is refused", async (args, message) => {
  const { code, err } = await tapline(makeProject(), ["state", "set", ...args]);
  expect(err).toContain(message);
  expect(code).toBe(2);
});

test("discover prints the catalog alone", async () => {
  const { code, out } = await tapline(makeProject(), ["discover", "tap-test"]);
  expect(JSON.parse(out)).toMatchObject({ streams: [{ stream: "items" }] });
  expect(code).toBe(0);
});

test("about prints what a plugin reports, in words and as JSON", async () => {
  const folder = makeProject();
  const words = await tapline(folder, ["about", "tap-test"]);
  expect(words.out).toMatch(/^tap-test 1\.0\.0\n[\s\S]*key_phrase +secret/);
  expect(words.out).not.toContain("delivery");
  expect((await tapline(folder, ["about", "target-test"])).out).toContain("delivery      at least once: the target keeps no ledger");
  const json = await tapline(folder, ["about", "target-test", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ single_writer: { setting: "output" } });
});

test.each([["list"], ["state export"], ["run pipe --json"]])("%j whose reader leaves early ends like any other", async (words) => {
  const { child, answer } = start(makeProject(), words.split(" "));
  answer.catch(() => {});
  child.stdout?.destroy();
  const [code, err] = await Promise.all([once(child, "close").then(([code]) => code), text(child.stderr as Readable)]);
  expect([code, err]).toEqual([0, ""]);
});
