import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { databasePath } from "@tapline/duckdb";
import { expect, onTestFinished, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import { connect } from "./connection.ts";
import target from "./index.ts";

const openSink = target.open;

const nobody = 65_534;

test("a file another process holds: the error names the process", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  const holder = await hold(filepath);
  const error = await failure(() => openSink({ filepath }));
  expect(error).toMatchObject({ code: "database_locked", class: "connection", recovery: "retry" });
  expect(error.message).toContain(filepath);
  expect(error.message).toContain(`(process ${holder.pid})`);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await (await openSink({ filepath }))[Symbol.asyncDispose]();
});

test("a file that is no database is reported and left as it was", async () => {
  const filepath = join(temporaryFolder(), "notes.txt");
  writeFileSync(filepath, "id,name\n1,a\n".repeat(1000));
  expect(await failure(() => openSink({ filepath }))).toMatchObject({ code: "not_a_database", class: "config" });
});

test.each([
  ["orders.csv", "id,name\n1,a\n", "a text file, such as CSV"],
  ["orders.json", '[{"id":1}]', "a JSON file"],
  ["orders.csv.gz", "\x1f\x8b\x08", "a gzip file"],
  ["empty.csv", "", "an empty file"],
  ["w.duckdb", "", "an empty file"],
  ["w.duckdb", "SQLite format 3\0\x10\0", "a SQLite database"],
  ["w.duckdb", "\x00\x01\x02", "a file of another format"],
])("%s with %j is %s: nothing would be stored in it, so it is not opened", async (name, content, kind) => {
  const filepath = join(temporaryFolder(), name);
  writeFileSync(filepath, content, "latin1");
  const error = await failure(() => openSink({ filepath }));
  expect(error).toMatchObject({ code: "not_a_database", class: "config", message: `${filepath} is ${kind}, not a DuckDB database` });
  expect(readFileSync(filepath, "latin1")).toBe(content);
});

test("a Parquet file is no database; a database may have its ending", async () => {
  const folder = temporaryFolder();
  const filepath = join(folder, "orders.parquet");
  await read(join(folder, "w.duckdb"), `COPY (SELECT 1 AS id) TO '${filepath}'`);
  expect((await failure(() => openSink({ filepath }))).message).toContain("a Parquet file");
  const misnamed = join(folder, "new.parquet");
  for (const ids of [[1], [2]]) await loadIds(misnamed, ids);
  expect(await read(misnamed, "SELECT count(*)::INT FROM s")).toEqual([[2]]);
});

test("a named pipe and a socket are refused, and neither is waited for", async () => {
  const folder = temporaryFolder();
  const pipe = join(folder, "pipe");
  spawnSync("mkfifo", [pipe]);
  expect((await failure(() => openSink({ filepath: pipe }))).message).toContain("a named pipe");
  const socket = join(folder, "socket");
  const server = createServer().listen(socket);
  await once(server, "listening");
  expect((await failure(() => openSink({ filepath: socket }))).message).toContain("a socket");
  server.close();
});

test.each<[string, (filepath: string) => void, string]>([
  ["deleted", (filepath) => rmSync(filepath), "is not there any more"],
  ["moved", (filepath) => renameSync(filepath, `${filepath}.old`), "is not there any more"],
  [
    "replaced by a copy",
    (filepath) => {
      copyFileSync(filepath, `${filepath}.copy`);
      renameSync(`${filepath}.copy`, filepath);
    },
    "is another file now",
  ],
])("a database that is %s during the load: its commit is not reported", async (_, change, what) => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await using sink = await openSink({ filepath });
  const writer = await sink.open(stream({ id: { type: "integer" } }));
  await writer.write(batch([{ id: 1 }]));
  await sink.commit();
  await writer.write(batch([{ id: 2 }]));
  change(filepath);
  const error = await failure(() => sink.commit());
  expect(error).toMatchObject({ code: "database_replaced", class: "config" });
  expect(error.message).toContain(what);
});

test("a link to a database is the database", async () => {
  const folder = temporaryFolder();
  const [real, link] = [join(folder, "real.duckdb"), join(folder, "link.duckdb")];
  await loadIds(real, [1]);
  symlinkSync(real, link);
  await loadIds(link, [2]);
  expect(await read(real, "SELECT count(*)::INT FROM s")).toEqual([[2]]);
});

test("a folder is no file", async () => {
  expect((await failure(() => openSink({ filepath: temporaryFolder() }))).code).toBe("filepath_is_directory");
});

test("a folder below a file can't be made", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  expect((await failure(() => openSink({ filepath: join(folder, "file", "w.duckdb") }))).code).toBe("folder_not_writable");
});

test("no permission, on the folder or on the file", async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o777);
  const closed = join(folder, "closed");
  mkdirSync(closed);
  chmodSync(closed, 0o555);
  const filepath = join(folder, "w.duckdb");
  await read(filepath, "CREATE TABLE t (a INT)");
  chmodSync(filepath, 0o000);
  const found = openWithoutPrivileges([join(closed, "w.duckdb"), join(closed, "deeper", "w.duckdb"), filepath]);
  expect(found.map((error) => error.code)).toEqual(["folder_not_writable", "folder_not_writable", "no_permission"]);
  expect(found.every((error) => error.class === "config" && error.hint !== "")).toBe(true);
});

test.each([
  [":memory:", "filepath_in_memory"],
  [":memory:name", "filepath_in_memory"],
  [" ", "filepath_in_memory"],
  ["md:warehouse?motherduck_token=secret", "filepath_not_local"],
  ["s3://bucket/w.duckdb", "filepath_not_local"],
])("filepath %s: %s", async (filepath, code) => {
  const error = await failure(() => openSink({ filepath }));
  expect(error).toMatchObject({ code, class: "config" });
  expect(error.message).not.toContain("secret");
});

test("a relative path and ~ become absolute", () => {
  expect(databasePath("w.duckdb")).toBe(join(process.cwd(), "w.duckdb"));
  expect(databasePath("~/w.duckdb")).toMatch(/^\/.*[^~]\/w\.duckdb$/);
});

async function loadIds(filepath: string, ids: readonly number[]): Promise<void> {
  await using sink = await openSink({ filepath });
  const writer = await sink.open(stream({ id: { type: "integer" } }));
  await writer.write(batch(ids.map((id) => ({ id }))));
  await sink.commit();
}

/** A process that has the file open. */
async function hold(path: string): Promise<ChildProcess> {
  const api = fileURLToPath(import.meta.resolve("@duckdb/node-api"));
  const script = `require(${JSON.stringify(api)}).DuckDBInstance.create(${JSON.stringify(path)}).then(() => { console.log("open"); setInterval(() => {}, 1000); })`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  return child;
}

/** Root may do everything, so the target is opened by a process that gives up its rights once its code is loaded. */
function openWithoutPrivileges(paths: string[]): { code: string; class: string; hint: string }[] {
  const script = `
    await import(${JSON.stringify(import.meta.resolve("@duckdb/node-api"))});
    const { default: target } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
    if (process.getuid() === 0) process.setuid(${nobody});
    const found = [];
    for (const filepath of ${JSON.stringify(paths)}) await target.open({ filepath }).catch((error) => found.push(error));
    console.log(JSON.stringify(found));`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(child.stderr).toBe("");
  return JSON.parse(child.stdout);
}

test("a row group is written as soon as it is full, so that no INSERT has to write several", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await using connection = await connect({ filepath });
  await connection.run("CREATE TABLE hashes (hash UBIGINT)");
  await connection.begin();
  const before = statSync(filepath).size;
  await connection.run("INSERT INTO hashes SELECT hash(range) FROM range(130_000)");
  // Most blocks of 122,880 rows that can't be compressed.
  expect(statSync(filepath).size - before).toBeGreaterThan(500_000);
  await connection.rollback();
});
