/** A snapshot that one process holds and others read in: rows and bookmarks are of its moment, and it is gone with its holder. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectionOptions } from "@tapline/postgres";
import { connectPostgres, testDatabase } from "@tapline/testing/postgres";
import { incremental } from "@tapline/testing/tap-run";
import { expect, onTestFinished, test } from "vitest";
import { discoverCatalog, runTap, settings } from "../test/tap-run.ts";
import type { Config } from "./config.ts";
import { holdSnapshot } from "./snapshot.ts";

const ids = (rows: readonly { [column: string]: unknown }[]): number[] => rows.map(({ id }) => Number(id)).sort((a, b) => a - b);

test("rows, and the time from which later rows may still come, are those of the moment when it was taken", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE t (id int PRIMARY KEY, updated_at timestamptz NOT NULL DEFAULT now())");
  const open = await connectPostgres(database);
  onTestFinished(() => open.end());
  await open.query("BEGIN; INSERT INTO t VALUES (3)");
  await database.read("INSERT INTO t VALUES (1), (2)");
  const held = await holdSnapshot(connectionOptions(settings(database), "test"), 0);
  onTestFinished(() => held[Symbol.asyncDispose]());
  // It commits before the tap looks which transactions are open.
  await open.query("COMMIT");
  await database.read("INSERT INTO t VALUES (4)");
  const catalog = incremental(await discoverCatalog(database), "public-t", "updated_at");
  const first = await runTap(database, { catalog, config: { snapshot: held.value as Config["snapshot"] } });
  expect(ids(first.rows("public-t"))).toEqual([1, 2]);
  const next = await runTap(database, { catalog, state: first.state });
  expect(ids(next.rows("public-t"))).toEqual(expect.arrayContaining([3, 4]));
});

test("one that nobody holds any more is an error that says so", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE t (id int PRIMARY KEY)");
  const held = await holdSnapshot(connectionOptions(settings(database), "test"), 0);
  await held[Symbol.asyncDispose]();
  const { thrown } = await runTap(database, { config: { snapshot: held.value as Config["snapshot"] } });
  expect(thrown).toMatchObject({ code: "snapshot_gone" });
});

test("the executable prints it, holds it while its standard input is open, and ends then", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
  const folder = mkdtempSync(join(tmpdir(), "snapshot-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "tap.json"), JSON.stringify(settings(database)));
  const bin = fileURLToPath(new URL("../bin/tap-postgres.js", import.meta.url));
  const child = spawn(process.execPath, [bin, "--config", join(folder, "tap.json"), "--snapshot"], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const snapshot = JSON.parse(String(line)) as Config["snapshot"];
  await database.read("INSERT INTO t VALUES (2)");
  expect(ids((await runTap(database, { config: { snapshot } })).rows("public-t"))).toEqual([1]);
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
  expect((await runTap(database, { config: { snapshot } })).thrown).toMatchObject({ code: "snapshot_gone" });
});
