/** Settings that change which rows a file gives have no effect on files that were read: these are read again, or the run stops. */
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { State } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { rowsIn, run } from "./kept-run.ts";
import { failure, folderOf } from "./tap-run.ts";

const content = "id,v\n1,N/A\n2,b\n";

/** A stream of the files of a folder, with the state of a run that read them by these settings. */
async function loaded(settings: object = {}, config: object = {}, files: Record<string, string> = { "a.csv": content }) {
  const folder = folderOf(files);
  const warnings: string[] = [];
  const again = (state: State | undefined, more: object = {}, moreConfig: object = {}) =>
    run(
      { files: [{ entity: "items", path: folder, ...settings, ...more }], ...config, ...moreConfig },
      { state, log: (level, message) => void (level === "warning" && warnings.push(message)) },
    );
  const { state } = await again(undefined);
  return { folder, state, again, warnings };
}

const nulls = { null_values: ["N/A"] };

test("with keys, files are read again by the new settings, with a warning, and only once", async () => {
  const { folder, state, again, warnings } = await loaded({ keys: ["id"] });
  const second = await again(state, nulls);
  expect(rowsIn(second.kept)).toEqual([
    { id: 1, v: null },
    { id: 2, v: "b" },
  ]);
  expect(warnings).toEqual([expect.stringContaining(`the setting null_values changed, so ${join(folder, "a.csv")} is read again`)]);
  expect(rowsIn((await again(second.state, nulls)).kept)).toEqual([]);
});

test("without keys, the run stops before the first row, also of a new file, and names setting, file and choices", async () => {
  const { folder, state, again } = await loaded();
  writeFileSync(join(folder, "0.csv"), content);
  const error = await failure(() => again(state, nulls));
  expect(error).toMatchObject({ code: "settings_changed", class: "config", position: { stream: "items" } });
  expect(error.message).toBe(
    `Settings changed since the files of the stream were read: null_values. ${join(folder, "a.csv")} would have to be read again, and its rows would be appended a second time`,
  );
  expect(error.hint).toMatch(/--full-refresh --replace items.*--keep/);
});

test("changed keys stop the run, whatever the target does with rows", async () => {
  const { state, again } = await loaded({ keys: ["id"] });
  expect(await failure(() => again(state, { keys: ["v"] }))).toMatchObject({
    code: "settings_changed",
    message: expect.stringMatching(/: keys\. .*under the old keys/),
  });
  expect(await failure(() => again(state, { keys: [] }))).toMatchObject({ code: "settings_changed" });
});

test("a file that is gone can't be read again, so the run stops", async () => {
  const { folder, state, again } = await loaded({ keys: ["id"] }, {}, { "a.csv": content, "b.csv": content });
  rmSync(join(folder, "a.csv"));
  expect(await failure(() => again(state, nulls))).toMatchObject({
    code: "settings_changed",
    message: expect.stringContaining(`but ${join(folder, "a.csv")} is gone`),
  });
});

test("changed_settings: keep goes on by the new settings, leaves what was loaded, and remembers them", async () => {
  const { folder, state, again, warnings } = await loaded();
  const kept = await again(state, nulls, { changed_settings: "keep" });
  expect(rowsIn(kept.kept)).toEqual([]);
  expect(warnings).toEqual(["the setting null_values changed; what was loaded before stays as it is (changed_settings: keep)"]);
  appendFileSync(join(folder, "a.csv"), "3,N/A\n");
  expect(rowsIn((await again(kept.state, nulls)).kept)).toEqual([{ id: 3, v: null }]);
});

test("a bookmark of an earlier version of the tap, without settings, takes over those of now", async () => {
  const { state, again } = await loaded();
  const { settings, ...old } = state?.bookmarks?.items ?? {};
  expect(settings).toEqual({});
  const { kept, state: after } = await again({ bookmarks: { items: old } } as State, nulls);
  expect(rowsIn(kept)).toEqual([]);
  expect(after?.bookmarks?.items).toMatchObject({ settings: { null_values: expect.stringMatching(/^[0-9a-f]{8}$/) } });
});

describe("settings of the dialect", () => {
  test("that are what was detected change nothing, and need no second reading", async () => {
    const { state, again, warnings } = await loaded();
    const { kept, state: after } = await again(state, { delimiter: ",", encoding: "utf-8", header: 1, quotechar: '"' });
    expect([rowsIn(kept), warnings]).toEqual([[], []]);
    expect(Object.keys((after?.bookmarks?.items?.settings ?? {}) as object)).toEqual(["delimiter", "quotechar", "header", "encoding"]);
  });

  test("concern only the files that they read in another way", async () => {
    const files = { "a.csv": "id,v\n1,x,\n2,y,\n", "b.csv": "id,v\n3,x\n4,y\n" };
    const { folder, state, again, warnings } = await loaded({ keys: ["id"] }, {}, files);
    const { kept } = await again(state, { trailing_delimiter: true });
    expect(rowsIn(kept).map(({ id }) => id)).toEqual([3, 4]);
    expect(warnings).toEqual([
      expect.stringContaining(`the setting trailing_delimiter changed, so ${join(folder, "b.csv")} is read again`),
    ]);
  });

  test("under keep, a file that grows is continued in the new way", async () => {
    const { folder, state, again } = await loaded({}, { infer: "none" });
    const kept = await again(state, { header: 0 }, { changed_settings: "keep" });
    expect(rowsIn(kept.kept)).toEqual([]);
    appendFileSync(join(folder, "a.csv"), "3,c\n");
    expect(rowsIn((await again(kept.state, { header: 0 })).kept)).toEqual([{ column_1: "3", column_2: "c" }]);
  });
});

test.each<[string, object, object, object?]>([
  ["columns", { columns: { v: { type: "string" } } }, {}],
  ["null_values", nulls, {}],
  ["time_zone", { time_zone: "Europe/Berlin" }, {}],
  ["repeated_header", { repeated_header: "row" }, {}],
  ["empty_rows", { empty_rows: "row" }, {}],
  ["footer", { footer: 1 }, {}],
  ["header", { header: 0 }, {}],
  ["skip", { skip: 1 }, {}],
  ["delimiter", { delimiter: ";" }, {}],
  ["quotechar", { quotechar: "'" }, {}],
  ["add_metadata_columns", {}, { add_metadata_columns: true }],
  ["infer", {}, { infer: "none" }],
  ["short_rows", { short_rows: "pad" }, {}, { short_rows: "reject" }],
  ["bad_bytes", { bad_bytes: "replace" }, {}, { on_bad_row: "reject" }],
  ["on_type_break", { on_type_break: "widen" }, {}, { on_type_break: "reject" }],
])("%s is a setting that changes rows", async (name, settings, config, before = {}) => {
  const { state, again } = await loaded(before);
  expect(await failure(() => again(state, settings, config))).toMatchObject({
    code: "settings_changed",
    message: expect.stringContaining(name),
  });
});

test.each<[string, object, object]>([
  [
    "what to do with bad rows, of which a file that was read has none",
    { on_bad_row: "reject", short_rows: "pad", on_type_break: "widen" },
    {},
  ],
  ["the order of null values", { null_values: ["b", "N/A"] }, { null_values: ["N/A", "b"] }],
  ["values that are the default", { repeated_header: "skip", footer: 0, columns: {}, null_values: [] }, {}],
  ["what to do with empty rows, of which none was loaded", { empty_rows: "reject", repeated_header: "fail" }, { empty_rows: "fail" }],
  ["settings for other things than rows", { empty_files: "fail", changed_files: "append", strict: false }, {}],
])("%s can be set without reading a file again", async (_, settings, before) => {
  const { state, again, warnings } = await loaded(before);
  expect(rowsIn((await again(state, settings)).kept)).toEqual([]);
  expect(warnings).toEqual([]);
});

describe("with a replication key", () => {
  const keyed = { keys: ["id"], replication_key: "id" };

  test("all rows are sent again, also after a kill, and the bookmark has the settings", async () => {
    const { state, again, warnings } = await loaded(keyed);
    const second = await again(state, nulls);
    expect(rowsIn(second.kept)).toEqual([
      { id: 1, v: null },
      { id: 2, v: "b" },
    ]);
    expect(warnings).toEqual([expect.stringContaining("null_values changed, so all rows are sent again")]);
    expect(second.state?.bookmarks?.items).toMatchObject({ replication_key_value: 2, settings: { null_values: expect.any(String) } });
    expect(rowsIn((await again(second.state, nulls)).kept)).toEqual([{ id: 2, v: "b" }]);
  });

  test("without keys, the run stops", async () => {
    const { state, again } = await loaded({ replication_key: "id" });
    expect(await failure(() => again(state, nulls))).toMatchObject({ code: "settings_changed" });
  });

  test.each([
    ["set", {}, { replication_key: "id" }],
    ["another", { replication_key: "v" }, { replication_key: "id" }],
    ["unset", { replication_key: "id" }, { replication_key: undefined }],
  ])("one that is %s reads everything again, so a stream without keys stops, also under keep", async (_, before, now) => {
    const { state, again } = await loaded(before);
    for (const changed_settings of ["auto", "keep"]) {
      const error = await failure(() => again(state, now, { changed_settings }));
      expect(error).toMatchObject({ code: "settings_changed", message: expect.stringContaining("replication_key") });
      expect(error.hint).not.toContain("--keep");
    }
  });
});

test("with detect_deletes, all files are read again as a new version", async () => {
  const { state, again } = await loaded({ keys: ["id"], detect_deletes: true });
  const { kept, state: after } = await again(state, nulls);
  expect(kept.map(({ type }) => type)).toEqual(["SCHEMA", "RECORD", "RECORD", "ACTIVATE_VERSION", "STATE", "STATE"]);
  expect(after?.bookmarks?.items?.version).toBeGreaterThan(state?.bookmarks?.items?.version as number);
});
