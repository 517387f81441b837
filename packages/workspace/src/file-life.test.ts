/** Files are taken from an inbox, loaded exactly once and put away, whatever happens in between. Real processes, a real database. */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type FileProject, type FileProjectOptions, fileProject } from "./file-life.ts";

function project(options?: FileProjectOptions): FileProject {
  const made = fileProject(options);
  onTestFinished(() => rmSync(made.folder, { recursive: true }));
  return made;
}

const rowsOf = (...ids: readonly string[]): string => `id,v\n${ids.map((id) => `${id},x\n`).join("")}`;

const once = (...ids: readonly string[]) => new Map(ids.map((id) => [id, 1]));

async function listed({ tapline }: FileProject): Promise<Record<string, string>[]> {
  const { stdout } = await tapline("files", "list", "--json");
  return stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

test("a file is put away by its day, with a record; one that matches no stream, is empty or is a copy is told", async () => {
  const { drop, tapline, files, record, ids, ...its } = project();
  drop("orders-1.csv", rowsOf("a", "b"));
  drop("orders-2.csv", rowsOf("a", "b"));
  drop("orders-3.csv", "");
  drop("notes.csv", "x\n1\n");
  expect(await tapline("run", "load")).toMatchObject({ code: 0 });
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
  expect(files("archive")).toEqual([`archive/duplicate/${day}/orders-2.csv`, `archive/success/${day}/orders-1.csv`]);
  expect(record(`archive/success/${day}/orders-1.csv`)).toMatchObject({
    ...{ path: "inbox/orders-1.csv", outcome: "success", size: 13, rows_read: 2, rows_loaded: 2, rows_rejected: 0, attempt: 1 },
    sha256: createHash("sha256").update(rowsOf("a", "b")).digest("hex"),
  });
  expect(record(`archive/duplicate/${day}/orders-2.csv`)).toMatchObject({ duplicate_of: "inbox/orders-1.csv" });
  expect(files("inbox")).toEqual(["inbox/notes.csv", "inbox/orders-3.csv"]);
  const found = await listed({ drop, tapline, files, record, ids, ...its });
  expect(found.map(({ path, state, why }) => [path, state, why])).toEqual([
    ["inbox/orders-3.csv", "waiting", expect.stringContaining("empty")],
    ["inbox/notes.csv", "unknown", "it matches no stream"],
    ["inbox/orders-2.csv", "duplicate", expect.stringContaining("inbox/orders-1.csv")],
    ["inbox/orders-1.csv", "loaded", null],
  ]);
  expect(await ids()).toEqual(once("a", "b"));
});

test("the next export under the same name is a new file, and gets a name of its own in the archive", async () => {
  const { drop, tapline, files, ids } = project();
  drop("orders.csv", rowsOf("a"));
  await tapline("run", "load");
  // It begins with all that the first had.
  drop("orders.csv", rowsOf("a", "b"));
  expect(await tapline("run", "load")).toMatchObject({ code: 0 });
  expect(await ids()).toEqual(
    new Map([
      ["a", 2],
      ["b", 1],
    ]),
  );
  expect(files("archive").map((path) => path.split("/").at(-1))).toEqual(["orders-2.csv", "orders.csv"]);
});

test("a file with an error goes to failure; mended in place of the first it goes on, and no row is loaded twice", async () => {
  const made = project({ target: { batch_size_rows: 1 } });
  const { drop, tapline, files, ids, folder } = made;
  drop("orders.csv", `${rowsOf("a")}broken\n`);
  const failed = await tapline("run", "load");
  expect(failed.code).toBe(1);
  expect(files("archive")).toEqual([expect.stringMatching(/^archive\/failure\/.*orders\.csv$/)]);
  expect(await listed(made)).toMatchObject([{ state: "failed", path: "inbox/orders.csv", why: expect.stringContaining("1 cell") }]);
  expect(await tapline("files", "retry", "tap-csv", "--all")).toMatchObject({ code: 0, stdout: expect.stringContaining("is back") });
  writeFileSync(join(folder, "inbox/orders.csv"), rowsOf("a", "b"));
  expect(await tapline("run", "load")).toMatchObject({ code: 0 });
  expect(await ids()).toEqual(once("a", "b"));
});

describe("rows that the target refuses", () => {
  const keyed = { stream: { keys: ["id"] }, target: { load_method: "upsert" } };
  const withFile = { ...keyed, tap: { add_metadata_columns: true } };
  const recordOf = ({ files, record }: FileProject, name: string) =>
    record(files("archive").find((path) => path.endsWith(`/${name}`)) ?? "");

  test.each([
    [
      "where rows name their file",
      withFile,
      { rows_read: 3, rows_loaded: 1, rows_rejected: 2 },
      { rows_read: 1, rows_loaded: 1, rows_rejected: 0 },
    ],
    [
      "where they do not",
      keyed,
      { rows_read: 3, rows_loaded: null, rows_rejected: 0 },
      { rows_read: 1, rows_loaded: null, rows_rejected: 0 },
    ],
  ])("count in the record of their file: %s", async (_, options, first, second) => {
    const made = project({ ...options, target: { ...options.target, on_error: "reject" } });
    made.drop("orders-1.csv", rowsOf("a", "", ""));
    made.drop("orders-2.csv", rowsOf("b"));
    expect(await made.tapline("run", "load")).toMatchObject({ code: 0 });
    expect(recordOf(made, "orders-1.csv")).toMatchObject(first);
    expect(recordOf(made, "orders-2.csv")).toMatchObject(second);
    made.drop("orders-3.csv", rowsOf("c", ""));
    await made.tapline("run", "load");
    expect(recordOf(made, "orders-3.csv")).toMatchObject({ rows_read: 2, rows_loaded: 1, rows_rejected: 1 });
  });

  test("put their file aside where they end the load, though another one waits", async () => {
    const made = project(withFile);
    made.drop("orders-1.csv", rowsOf("a", ""));
    made.drop("orders-2.csv", rowsOf("b"));
    const failed = await made.tapline("run", "load");
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(/file inbox\/orders-1\.csv, line 3/) });
    expect(made.files("archive")).toEqual([expect.stringMatching(/failure\/.*orders-1\.csv$/)]);
    expect(await made.tapline("run", "load")).toMatchObject({ code: 0 });
    expect((await made.ids()).get("b")).toBe(1);
  });
});

test("a notice that the job works again names the files that could not be loaded meanwhile", async () => {
  const { drop, tapline, folder } = project();
  const file = join(folder, "tapline.yml");
  const parsed = JSON.parse(readFileSync(file, "utf8"));
  const command = [process.execPath, "-e", 'process.stdin.pipe(require("fs").createWriteStream("told.json"))'];
  writeFileSync(file, JSON.stringify({ ...parsed, notify: { channels: { log: { command, on: ["failure", "recovery", "success"] } } } }));
  const told = (): Record<string, unknown> => JSON.parse(readFileSync(join(folder, "told.json"), "utf8"));
  drop("orders-1.csv", `${rowsOf("a")}broken\n`);
  expect((await tapline("run", "load")).code).toBe(1);
  drop("orders-2.csv", rowsOf("b"));
  await tapline("run", "load");
  expect(told()).toMatchObject({
    event: "recovery",
    title: expect.stringMatching(/^Works again, but 1 file could not be loaded: load \(dev\)/),
    warnings: [expect.stringMatching(/^inbox\/orders-1\.csv could not be loaded, and is archive\/failure\//)],
    command: "tapline files list tap-csv",
  });
  await tapline("run", "load");
  expect(told()).toMatchObject({ event: "success", title: "Done, no rows to load: load (dev)" });
});

test("restore loads a file again; nothing is overwritten, and --replace waits until all files are back", async () => {
  const { drop, tapline, files, ids } = project();
  drop("orders.csv", rowsOf("a"));
  await tapline("run", "load");
  const refused = await tapline("run", "load", "--full-refresh", "--replace");
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("tapline files restore tap-csv --all") });
  expect(await ids()).toEqual(once("a"));
  drop("orders.csv", rowsOf("b"));
  expect(await tapline("files", "restore", "tap-csv", "--all")).toMatchObject({ stderr: expect.stringContaining("There is another file") });
  await tapline("run", "load");
  expect((await tapline("files", "restore", "tap-csv", "inbox/orders.csv")).code).toBe(0);
  expect(files("inbox")).toEqual(["inbox/orders.csv"]);
  await tapline("run", "load");
  expect(await ids()).toEqual(
    new Map([
      ["a", 1],
      ["b", 2],
    ]),
  );
});

test("where one name comes each day, forgotten files let the stream be replaced; lists come in pages", async () => {
  const made = project();
  const { drop, tapline, files, ids } = made;
  for (const id of ["a", "b", "c"]) {
    drop("orders.csv", rowsOf(id));
    await tapline("run", "load");
  }
  const page = async (...args: string[]): Promise<string[]> =>
    (await tapline("files", "list", "--json", "--limit", "2", ...args)).stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).archived_as.split("/").at(-1));
  expect(await page()).toEqual(["orders-3.csv", "orders-2.csv"]);
  const [second = ""] = files("archive").filter((path) => path.endsWith("orders-2.csv"));
  expect(await page("--before", second)).toEqual(["orders.csv"]);
  drop("orders.csv", rowsOf("d"));
  const replace = (): ReturnType<typeof tapline> => tapline("run", "load", "--full-refresh", "--replace");
  expect(await replace()).toMatchObject({ code: 1, stderr: expect.stringContaining("tapline files forget tap-csv --all") });
  expect(await tapline("files", "forget", "tap-csv", "inbox/orders.csv")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--every"),
  });
  const forgotten = await tapline("files", "forget", "tap-csv", "inbox/orders.csv", "--every");
  expect([forgotten.code, forgotten.stdout.match(/is forgotten; the file stays: archive/g)?.length]).toEqual([0, 3]);
  expect([await listed(made), files("archive").length]).toMatchObject([[{ state: "waiting" }], 3]);
  expect(await replace()).toMatchObject({ code: 0 });
  expect(await ids()).toEqual(once("d"));
  drop("orders.csv", rowsOf("a"));
  await tapline("run", "load");
  expect(await ids()).toEqual(once("a", "d"));
});

test("a cleared state lets the same content be loaded again", async () => {
  const { drop, tapline, ids } = project();
  drop("orders.csv", rowsOf("a"));
  await tapline("run", "load");
  await tapline("state", "clear", "dev:tap-csv-to-target-duckdb");
  drop("orders.csv", rowsOf("a"));
  await tapline("run", "load");
  expect(await ids()).toEqual(new Map([["a", 2]]));
});

test("a file waits for its age or its marker", async () => {
  const young = project({ files: { min_age_seconds: 3600 } });
  young.drop("orders.csv", rowsOf("a"));
  await young.tapline("run", "load");
  expect(await listed(young)).toMatchObject([{ state: "waiting", why: expect.stringContaining("min_age_seconds is 3600") }]);
  const marked = project({ files: { marker: "*.done" } });
  marked.drop("orders.csv", rowsOf("a"));
  await marked.tapline("run", "load");
  expect(await listed(marked)).toMatchObject([{ state: "waiting", why: "its marker *.done is not there" }]);
  marked.drop("orders.csv.done", "");
  await marked.tapline("run", "load");
  expect(marked.files("archive").map((path) => path.split("/").at(-1))).toEqual(["orders.csv", "orders.csv.done"]);
  expect(await marked.ids()).toEqual(once("a"));
});

test.each([
  ["detect_deletes", { stream: { detect_deletes: true } }, "detect_deletes"],
  ["FULL_TABLE", { stream: { replication_method: "FULL_TABLE" } }, "FULL_TABLE"],
  ["a target that replaces its tables", { target: { load_method: "overwrite" } }, "load_method: overwrite"],
])("an archive can't be used with %s", async (_, options: FileProjectOptions, said) => {
  const { drop, tapline, files } = project(options);
  drop("orders.csv", rowsOf("a"));
  expect(await tapline("run", "load")).toMatchObject({ code: 1, stderr: expect.stringContaining(said) });
  expect(files("inbox")).toEqual(["inbox/orders.csv"]);
});

test("into an archive on another device files are copied, and the original is deleted after that", async () => {
  const elsewhere = mkdtempSync("/dev/shm/tapline-archive-");
  onTestFinished(() => rmSync(elsewhere, { recursive: true }));
  const { drop, tapline, files } = project({ files: { archive: elsewhere } });
  drop("orders.csv", rowsOf("a"));
  expect(await tapline("run", "load")).toMatchObject({ code: 0 });
  expect(files("inbox")).toEqual([]);
  const names = readdirSync(elsewhere, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  expect(names.map(({ name }) => name).sort()).toEqual(["orders.csv", "orders.csv.json"]);
});

describe("a run that is killed", () => {
  const moments: [string, (made: FileProject) => boolean | Promise<boolean>][] = [
    ["while it loads", ({ folder }) => existsSync(join(folder, "shop.duckdb"))],
    ["when the rows are in the table", async (made) => (await made.ids().catch(() => new Map())).size > 0],
    ["while it puts files away", ({ folder }) => existsSync(join(folder, "archive/success"))],
    ["when the first file is in the archive", ({ files }) => files("archive").length > 0],
  ];
  test.each(moments)("%s: the next run loads nothing twice and puts everything away", async (_, isDue) => {
    const made = project();
    const ids = Array.from({ length: 8 }, (_, index) => `id-${index}`);
    for (const id of ids) made.drop(`orders-${id}.csv`, rowsOf(id));
    await made.kill(() => isDue(made));
    expect(await made.tapline("run", "load")).toMatchObject({ code: 0 });
    expect(await made.ids()).toEqual(once(...ids));
    expect(made.files("inbox")).toEqual([]);
    const archived = made.files("archive");
    expect(archived.map((path) => path.split("/").at(-1))).toEqual(ids.map((id) => `orders-${id}.csv`));
    for (const path of archived) expect(made.record(path)).toMatchObject({ rows_read: 1, outcome: "success" });
  });
});

test("what is written to a file after its load is loaded as well, and nothing twice", async () => {
  const made = project();
  const { drop, tapline, ids, folder, kill, files } = made;
  drop("orders.csv", rowsOf("a"));
  await kill(async () => (await ids().catch(() => new Map())).size > 0);
  if (files("inbox").length === 0) return;
  appendFileSync(join(folder, "inbox/orders.csv"), "b,x\n");
  await tapline("run", "load");
  expect(await ids()).toEqual(once("a", "b"));
});

test("checks of a stream without files now pass, and those of tables are looked at in a run without files", async () => {
  const made = project();
  const path = join(made.folder, "tapline.yml");
  const content = JSON.parse(readFileSync(path, "utf8"));
  content.plugins["tap-csv"].config.files.push({ entity: "customers", match: { name: "customers*.csv" } });
  const checks = [
    { stream: "customers", not_null: ["id"] },
    { stream: "orders", row_count: { min: 2 } },
  ];
  content.jobs = { load: { steps: ["tap-csv target-duckdb"], checks } };
  writeFileSync(path, JSON.stringify(content));
  // Before the first load there are no tables.
  expect(await made.tapline("run", "load")).toMatchObject({ code: 0 });
  made.drop("orders.csv", rowsOf("a"));
  const loaded = await made.tapline("run", "load");
  expect(loaded).toMatchObject({ code: 1, stderr: expect.stringContaining("the number of rows is at least 2: but it is 1") });
  expect(loaded.stderr).not.toContain("customers");
  // The table is as wrong as before.
  expect(await made.tapline("run", "load")).toMatchObject({ code: 1, stderr: expect.stringContaining("at least 2") });
  made.drop("orders-2.csv", rowsOf("b"));
  expect(await made.tapline("run", "load")).toMatchObject({ code: 0 });
  expect(await made.tapline("run", "load")).toMatchObject({ code: 0 });
});
