import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { failure, read, temporaryFolder } from "../test/database.ts";
import { databasePath } from "./config.ts";
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
