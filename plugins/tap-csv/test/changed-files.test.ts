/** A file that was read before and has changed, where a target appends rows: they must not be in the table twice without a warning. */
import { appendFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { State } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { type Run, rowsIn, run } from "./kept-run.ts";
import { failure, folderOf } from "./tap-run.ts";
import { zipOf } from "./workbook-file.ts";

const rows = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, i) => `${from + i},x\n`).join("");
const csv = (from: number, to: number): string => `id,v\n${rows(from, to)}`;
const ids = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const replacing = { capabilities: ["replace-source"], load_method: null };

/** A stream of one file with the rows 1 to 3, and its state after a first run. */
async function loaded(settings: object = {}, config: object = {}, how: Run = {}) {
  const path = join(folderOf({ "a.csv": csv(1, 3) }), "a.csv");
  const warnings: string[] = [];
  const log: Run["log"] = (level, message) => void (level === "warning" && warnings.push(message));
  const again = (more: Run = {}) => run({ files: [{ entity: "items", path, ...settings }], ...config }, { log, ...how, ...more });
  const { state } = await again();
  return { path, state: state as State, again, warnings };
}

describe("without keys", () => {
  test("a changed file stops the run before one of its rows, with the file, what changed and the choices", async () => {
    const { path, state, again } = await loaded();
    writeFileSync(path, csv(2, 5));
    const error = await failure(() => again({ state }));
    expect(error).toMatchObject({ code: "file_rewritten", class: "data", position: { stream: "items", file: path } });
    expect(error.message).toContain(`${path} was read before and has changed since: its size was 17 bytes and is 21; `);
    expect(error.message).toContain("the part of the file that was read before has changed");
    expect(error.hint).toMatch(/keys.*changed_files: replace.*append.*--full-refresh --replace items/);
  });

  test("so does one of the same size, and one whose last row got longer", async () => {
    for (const text of [csv(4, 6), `${csv(1, 3).trimEnd()}y\n`]) {
      const { path, state, again } = await loaded();
      writeFileSync(path, text);
      expect(await failure(() => again({ state }))).toMatchObject({ code: "file_rewritten" });
    }
  });

  test.each([
    ["without a line break", "", "", true],
    ["with a line break", "\n", "\n", true],
    ["with a line break of Windows", "\r\n", "\r\n", true],
    ["with rows after it", "\n", `\n${rows(4, 4)}`, true],
    ["that is another one", "\n", "\n", false],
  ])("a last row %s that got longer is described as that", async (_, before, after, isLonger) => {
    const { path, again } = await loaded();
    const text = csv(1, 3).trimEnd();
    writeFileSync(path, text + before);
    const { state } = await again();
    writeFileSync(path, `${isLonger ? text : text.replace(/x$/, "z")}y${after}`);
    const { message } = await failure(() => again({ state }));
    if (!isLonger) return expect(message).toContain("the part of the file that was read before has changed");
    expect(message).toContain("the last row that was read got longer; the text before is the same");
    expect(message).not.toContain("was read before has changed");
  });

  test("other line breaks are not a longer row", async () => {
    const { path, again } = await loaded();
    writeFileSync(path, csv(1, 3).replace(/\n$/, "\r\n"));
    const { state } = await again();
    writeFileSync(path, `${csv(1, 3)}${rows(4, 4)}`);
    expect((await failure(() => again({ state }))).message).toContain("the part of the file that was read before has changed");
  });

  test("rows of new files before it may be sent, its rows are not", async () => {
    const folder = folderOf({ "b.csv": csv(1, 3) });
    const config = { files: [{ entity: "items", path: folder }] };
    const { state } = await run(config);
    writeFileSync(join(folder, "a.csv"), csv(7, 8));
    writeFileSync(join(folder, "b.csv"), csv(2, 5));
    await expect(run(config, { state })).rejects.toMatchObject({ code: "file_rewritten", position: { file: join(folder, "b.csv") } });
  });

  test("a file that only grew is continued, and one whose time changed is not read", async () => {
    const { path, state, again } = await loaded();
    appendFileSync(path, rows(4, 5));
    expect(rowsIn((await again({ state })).kept).map(({ id }) => id)).toEqual([4, 5]);
    writeFileSync(path, csv(1, 3));
    expect(rowsIn((await again({ state })).kept)).toEqual([]);
  });

  test("append sends its rows again, with their count as a warning", async () => {
    const { path, state, again, warnings } = await loaded({ changed_files: "append" });
    writeFileSync(path, csv(2, 5));
    const { kept } = await again({ state });
    expect(rowsIn(kept).map(({ id }) => id)).toEqual([2, 3, 4, 5]);
    expect(warnings).toEqual([`${path} was read before and has changed: 4 rows of it were sent again and are appended`]);
  });
});

describe("with keys", () => {
  test.each([
    ["in a shell pipe", undefined],
    ["and the target's default", { capabilities: [], load_method: null }],
    ["and upserts", { capabilities: [], load_method: "upsert" }],
  ])("%s, a changed file is read again", async (_, target) => {
    const { path, state, again } = await loaded({ keys: ["id"] }, {}, target && { target });
    writeFileSync(path, csv(2, 5));
    expect(rowsIn((await again({ state })).kept).map(({ id }) => id)).toEqual([2, 3, 4, 5]);
  });

  test.each(["append-only", "append"])("and load_method %s, it stops the run as without keys", async (load_method) => {
    const { path, state, again } = await loaded({ keys: ["id"] }, {}, { target: { capabilities: [], load_method } });
    writeFileSync(path, csv(2, 5));
    expect(await failure(() => again({ state }))).toMatchObject({ code: "file_rewritten" });
  });
});

describe("changed_files: replace", () => {
  const settings = { changed_files: "replace" };
  const named = { add_metadata_columns: true };

  test("sends REPLACE_SOURCE, then all rows of the file, then a STATE", async () => {
    const { path, state, again } = await loaded(settings, named, { target: replacing });
    writeFileSync(path, csv(2, 5));
    const { kept, state: after } = await again({ state });
    expect(kept.map(({ type }) => type)).toEqual([
      "SCHEMA",
      "REPLACE_SOURCE",
      "RECORD",
      "RECORD",
      "RECORD",
      "RECORD",
      "STATE",
      "STATE",
      "STATE",
    ]);
    expect(kept[1]).toEqual({ type: "REPLACE_SOURCE", stream: "items", column: "_sdc_source_file", value: path });
    expect(rowsIn(kept).every((row) => row._sdc_source_file === path)).toBe(true);
    expect(rowsIn((await again({ state: after })).kept)).toEqual([]);
  });

  test("sends no STATE inside the file, so that a kill leaves the old rows", async () => {
    const { path, state, again } = await loaded(settings, named);
    writeFileSync(path, csv(1_000, 80_000));
    const whole = await again({ state });
    const types = whole.kept.map(({ type }) => type);
    expect(types.indexOf("STATE")).toBe(types.lastIndexOf("RECORD") + 1);
    expect(await again({ state, pieces: 30 })).toMatchObject({ kept: [], state });
  });

  test("sends other files and the ends of files that grew without it", async () => {
    const { path, state, again } = await loaded(settings, named);
    appendFileSync(path, rows(4, 5));
    expect((await again({ state })).kept.map(({ type }) => type)).toEqual(["SCHEMA", "RECORD", "RECORD", "STATE", "STATE"]);
  });

  test.each([
    ["without the column", {}, {}, replacing, /set add_metadata_columns/],
    ["with a target that can't", {}, named, { capabilities: [], load_method: null }, /does not list the capability replace-source/],
    ["with a replication key", { replication_key: "id" }, named, replacing, /with a replication_key/],
    ["with detect_deletes", { detect_deletes: true }, named, replacing, /with detect_deletes/],
  ])("is refused %s before the first row", async (_, more, config, target, message) => {
    expect(await failure(() => loaded({ ...settings, ...more }, config, { target }))).toMatchObject({
      code: "replace_unusable",
      message: expect.stringMatching(message),
    });
  });

  test("is not needed, and not refused, where rows are replaced by their keys", async () => {
    await loaded({ ...settings, keys: ["id"] }, {}, { target: { capabilities: [], load_method: null } });
  });

  test("is refused for a file whose rows were loaded without its name", async () => {
    const { path, state } = await loaded();
    writeFileSync(path, csv(2, 5));
    const config = { files: [{ entity: "items", path, ...settings }], ...named, changed_settings: "keep" };
    expect(await failure(() => run(config, { state }))).toMatchObject({
      code: "replace_unusable",
      message: expect.stringContaining("do not have its name"),
    });
  });

  test("also replaces what a killed run has loaded of a file that changed before the next one", async () => {
    const { path, again } = await loaded(settings, named);
    writeFileSync(path, csv(1, 80_000));
    const killed = await again({ pieces: 40 });
    expect(killed.kept.at(-1)?.value).toMatchObject({ bookmarks: { items: { files: { [path]: { is_done: false } } } } });
    writeFileSync(path, csv(2, 5));
    const { kept } = await again({ state: killed.state });
    expect(kept[1]).toMatchObject({ type: "REPLACE_SOURCE", value: path });
    expect(rowsIn(kept).map(({ id }) => id)).toEqual(ids(2, 5));
  });
});

test("with keys and detect_deletes, a target that appends gets each export as a new version", async () => {
  const { path, state, again } = await loaded(
    { keys: ["id"], detect_deletes: true },
    {},
    { target: { capabilities: [], load_method: "append-only" } },
  );
  writeFileSync(path, csv(2, 5));
  const { kept } = await again({ state });
  expect([rowsIn(kept).length, kept.some(({ type }) => type === "ACTIVATE_VERSION")]).toEqual([4, true]);
});

describe("with detect_deletes and no keys", () => {
  test("all files would be appended again, so the run stops, unless append is set", async () => {
    const { path, state, again } = await loaded({ detect_deletes: true });
    expect((await again({ state })).kept.map(({ type }) => type)).toEqual(["SCHEMA", "STATE"]);
    writeFileSync(path, csv(2, 5));
    expect(await failure(() => again({ state }))).toMatchObject({ code: "version_would_append", position: { file: path } });
    const config = { files: [{ entity: "items", path, detect_deletes: true, changed_files: "append" }] };
    expect(rowsIn((await run(config, { state })).kept)).toHaveLength(4);
  });
});

describe("a path that is spelled differently is the same file", () => {
  const spellings = (path: string) => [
    ["relative", relative(process.cwd(), path)],
    ["relative with a dot", `./${relative(process.cwd(), path)}`],
    ["with a detour", path.replace(/a\.csv$/, "../") + path.split("/").slice(-2).join("/")],
  ];

  test.each([0, 1, 2])("and is not sent again, only its new rows (spelling %i)", async (spelling) => {
    const { path, state } = await loaded();
    const [, other] = spellings(path)[spelling] as [string, string];
    const config = { files: [{ entity: "items", path: other }] };
    const same = await run(config, { state });
    expect(rowsIn(same.kept)).toEqual([]);
    appendFileSync(path, rows(4, 5));
    const { kept, state: after } = await run(config, { state: same.state });
    expect(rowsIn(kept).map(({ id }) => id)).toEqual([4, 5]);
    expect(Object.keys(after?.bookmarks?.items?.files ?? {})).toEqual([path]);
  });

  test("and its rows are replaced by the name that they have", async () => {
    const { path, state } = await loaded({ changed_files: "replace" }, { add_metadata_columns: true }, { target: replacing });
    writeFileSync(path, csv(2, 5));
    const files = [{ entity: "items", path: relative(process.cwd(), path), changed_files: "replace" }];
    const { kept } = await run({ files, add_metadata_columns: true }, { state, target: replacing });
    expect(kept[1]).toEqual({ type: "REPLACE_SOURCE", stream: "items", column: "_sdc_source_file", value: path });
    expect(rowsIn(kept).map(({ _sdc_source_file }) => _sdc_source_file)).toEqual([path, path, path, path]);
  });

  test("and detect_deletes has no new version for it", async () => {
    const { path, state } = await loaded({ keys: ["id"], detect_deletes: true });
    const files = [{ entity: "items", path: relative(process.cwd(), path), keys: ["id"], detect_deletes: true }];
    expect((await run({ files }, { state })).kept.map(({ type }) => type)).toEqual(["SCHEMA", "STATE"]);
  });

  test("and is read once when one run names it twice", async () => {
    const path = join(folderOf({ "a.csv": csv(1, 3) }), "a.csv");
    const { kept } = await run({ files: [{ entity: "items", path: [path, relative(process.cwd(), path)] }] });
    expect(rowsIn(kept)).toHaveLength(3);
  });

  test("and so is a member of an archive", async () => {
    const path = join(folderOf({ "a.zip": zipOf([{ name: "in/a.csv", content: Buffer.from(csv(1, 3)) }]) }), "a.zip");
    const { state } = await run({ files: [{ entity: "items", path }] });
    const { kept } = await run({ files: [{ entity: "items", path: relative(process.cwd(), path) }] }, { state });
    expect(rowsIn(kept)).toEqual([]);
  });
});

describe("rows at the bookmark of a replication key", () => {
  test("are sent again where the target appends, with their count as a warning", async () => {
    const { path, again, warnings } = await loaded({ replication_key: "id" });
    appendFileSync(path, "3,y\n");
    const { state } = await again();
    expect(warnings).toEqual([]);
    appendFileSync(path, `,none\n${rows(4, 4)}`);
    expect(rowsIn((await again({ state })).kept).map(({ id }) => id)).toEqual([3, 3, null, 4]);
    expect(warnings).toEqual([
      "3 rows were sent whose id equals the bookmark 3 or is empty. Those that an earlier run sent are in the table once more. To replace rows instead of appending them, set keys",
    ]);
  });

  test("are no warning where rows are replaced by their keys", async () => {
    const { state, again, warnings } = await loaded({ keys: ["id"], replication_key: "id" });
    expect(rowsIn((await again({ state })).kept)).toHaveLength(1);
    expect(warnings).toEqual([]);
  });
});
