/** `tapline dbt` as far as no dbt is needed: its own build tests are with the plugin. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeFolder, tapline } from "./tapline.ts";

const executable = fileURLToPath(new URL("../../runner/test/fixtures/tapline-models.mjs", import.meta.url));

function makeProject(plugins: object): string {
  const folder = makeFolder();
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  return folder;
}

test("it has help with examples", async () => {
  const { code, out } = await tapline(makeFolder(), ["dbt", "--help"]);
  expect([code, out]).toEqual([0, expect.stringMatching(/USAGE[\s\S]*EXAMPLES[\s\S]*dbt build/)]);
});

test("a build is a run: it prints as tapline run does, JSON lines with --json, and is kept in the history with its parts", async () => {
  const folder = makeProject({ dbt: { executable } });
  const { code, out } = await tapline(folder, ["dbt", "--json", "build"]);
  expect(code).toBe(0);
  const events = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events).toContainEqual(
    expect.objectContaining({ type: "node", plugin: "dbt", node: expect.objectContaining({ name: "a", status: "ok" }) }),
  );
  expect(events.at(-2)).toMatchObject({ type: "run_finished", kind: "utility", status: "done", nodes: [{ name: "a", rows: 7 }] });
  expect((await tapline(folder, ["runs", "show"])).out).toContain("1. dbt build: done");
  expect((await tapline(folder, ["runs", "show"])).out).toContain("   ok       model a  0.5 s  7 rows\n");
  for (const words of [
    ["run", "dbt", "build"],
    ["dbt", "build"],
  ]) {
    const plain = await tapline(folder, words);
    expect(plain.err).toMatch(/Z ok {7}model a {2}0\.5 s\n/);
    expect(plain.out).toMatch(/^1 ok in \d/);
  }
});

test("other words are the plugin's own, on this terminal, with its exit code", async () => {
  const folder = makeProject({ dbt: { executable } });
  const { code, out, err } = await tapline(folder, ["dbt", "-e", "dev", "fail"]);
  expect([code, out]).toEqual([65, expect.stringContaining('\\"environment\\":\\"dev\\"')]);
  expect(err).toContain("nodes_failed");
  expect((await tapline(folder, ["runs", "list"])).out).toContain("There are no such runs");
});

test("what is missing is reported: words, the plugin, its target", async () => {
  expect(await tapline(makeProject({}), ["dbt"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("tapline dbt needs the argument COMMAND"),
  });
  const none = makeProject({});
  expect(await tapline(none, ["dbt", "install"])).toMatchObject({ code: 2, err: expect.stringContaining("tapline add dbt") });
  expect(await tapline(none, ["dbt", "build"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("this project has no plugin dbt"),
  });
  const bare = makeProject({ dbt: {} });
  expect(await tapline(bare, ["dbt", "install"])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/dbt needs the setting target.*tapline config set dbt target/),
  });
  const wrong = makeProject({ dbt: { config: { target: "target-jsonl" } }, "target-jsonl": {} });
  expect(await tapline(wrong, ["run", "dbt", "build"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("dbt does not work with target-jsonl"),
  });
});
