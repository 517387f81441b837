/** With `detect_deletes`, a file that can't be seen or read must never make its rows count as deleted. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { State } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { rowsIn, run } from "./kept-run.ts";
import { failure, folderOf } from "./tap-run.ts";

/** A stream of two folders, each with one file, with its state after a first run. */
async function loaded(
  settings: object,
  config: object = {},
  files: Record<string, string> = { "a/1.csv": "id\n1\n", "b/2.csv": "id\n2\n" },
) {
  const folder = folderOf(files);
  const within = (part: unknown): unknown => (typeof part === "string" ? part.replaceAll("FOLDER", folder) : part);
  const entries = (part: object) => Object.fromEntries(Object.entries(part).map(([name, value]) => [name, within(value)]));
  const warnings: string[] = [];
  const again = async (state: State | undefined, catalog?: unknown) => {
    warnings.length = 0;
    const all = { files: [{ entity: "items", keys: ["id"], detect_deletes: true, ...entries(settings) }], ...entries(config) };
    const result = await run(all, { state, catalog, log: (level, message) => void (level === "warning" && warnings.push(message)) });
    const types = result.kept.map(({ type }) => type);
    return { ...result, isActivated: types.includes("ACTIVATE_VERSION"), ids: rowsIn(result.kept).map(({ id }) => id) };
  };
  const first = await again(undefined);
  expect(first.isActivated).toBe(true);
  return { folder, state: first.state, again, warnings };
}

const catalog = {
  streams: [
    { tap_stream_id: "items", stream: "items", key_properties: ["id"], schema: { properties: { id: { type: ["null", "integer"] } } } },
  ],
};

describe("a file that became empty", () => {
  test("is left out with a warning, and no version is activated until it has rows", async () => {
    const { folder, state, again, warnings } = await loaded({ path: "FOLDER/*/*.csv" });
    writeFileSync(join(folder, "b/2.csv"), "");
    const second = await again(state);
    expect(second).toMatchObject({ isActivated: false, ids: [1] });
    expect(warnings).toContainEqual(
      expect.stringContaining(`no row is taken for deleted in this run: nothing was read from ${join(folder, "b/2.csv")}`),
    );
    const third = await again(second.state);
    expect(third).toMatchObject({ isActivated: false, ids: [] });
    expect(warnings).toContainEqual(expect.stringContaining("b/2.csv"));
    writeFileSync(join(folder, "b/2.csv"), "id\n3\n");
    expect(await again(third.state)).toMatchObject({ isActivated: true, ids: [3] });
  });

  test("that has a header is an export without rows", async () => {
    const { folder, state, again } = await loaded({ path: "FOLDER/*/*.csv" });
    writeFileSync(join(folder, "b/2.csv"), "id\n");
    expect(await again(state)).toMatchObject({ isActivated: true, ids: [1] });
  });
});

test("a file that was deleted makes its rows count as deleted", async () => {
  const { folder, state, again } = await loaded({ path: "FOLDER/*/*.csv" }, {}, { "a/1.csv": "id\n1\n", "a/2.csv": "id\n2\n" });
  rmSync(join(folder, "a/2.csv"));
  expect(await again(state)).toMatchObject({ isActivated: true, ids: [1] });
});

describe.each([
  ["a pattern", { path: "FOLDER/*/*.csv" }, {}],
  ["an inbox", { match: { name: "*.csv" } }, { inbox: "FOLDER/{a,b}/*.csv" }],
])("a folder of %s", (_, settings, config) => {
  test.each([
    ["is missing", (folder: string) => renameSync(join(folder, "b"), join(folder, ".b"))],
    [
      "is empty, as one that is not mounted",
      (folder: string) => {
        renameSync(join(folder, "b"), join(folder, ".b"));
        mkdirSync(join(folder, "b"));
      },
    ],
  ])("that %s: nothing is deleted, and nothing sent again, until it is back", async (_name, take) => {
    const { folder, state, again, warnings } = await loaded(settings, config);
    take(folder);
    const second = await again(state);
    expect(second).toMatchObject({ isActivated: false, ids: [] });
    expect(warnings).toContainEqual(
      expect.stringMatching(/no row is taken for deleted .*the folder .*\/b\/ is missing or empty.*--full-refresh/),
    );
    // Another file changes meanwhile.
    writeFileSync(join(folder, "a/1.csv"), "id\n5\n");
    const third = await again(second.state);
    expect(third).toMatchObject({ isActivated: false, ids: [5] });
    const fourth = await again(third.state);
    expect(fourth).toMatchObject({ isActivated: false, ids: [] });
    rmSync(join(folder, "b"), { recursive: true, force: true });
    renameSync(join(folder, ".b"), join(folder, "b"));
    expect(await again(fourth.state)).toMatchObject({ isActivated: true, ids: [2] });
  });
});

test("an inbox without any file deletes nothing and keeps the bookmark", async () => {
  const { folder, state, again, warnings } = await loaded({ match: { name: "*.csv" } }, { inbox: "FOLDER/*/*.csv" });
  rmSync(join(folder, "a"), { recursive: true });
  rmSync(join(folder, "b"), { recursive: true });
  const second = await again(state, catalog);
  expect(second).toMatchObject({ isActivated: false, ids: [], state });
  expect(warnings).toContainEqual(expect.stringContaining("has no files in this run, so no row is taken for deleted"));
});

test("a file that is still there but no longer matches deletes nothing", async () => {
  const { folder, state, again, warnings } = await loaded({ match: { header: ["id"] } }, { inbox: "FOLDER/*/*.csv" });
  writeFileSync(join(folder, "b/2.csv"), "error\nthe export failed\n");
  expect(await again(state)).toMatchObject({ isActivated: false });
  expect(warnings).toContainEqual(expect.stringMatching(/b\/2.csv is still there, but is not read/));
});

test("a pattern of a path without any file is an error", async () => {
  const { folder, state, again } = await loaded({ path: "FOLDER/*/*.csv" });
  rmSync(join(folder, "a"), { recursive: true });
  rmSync(join(folder, "b"), { recursive: true });
  expect(await failure(() => again(state, catalog))).toMatchObject({ code: "pattern_without_files" });
});
