/**
 * target-snowflake in the emulator, by the real client over HTTP: the promises of every target and of every SQL dialect, those about keys also with
 * MERGE, and a CSV file by tap-csv whose rows are those that DuckDB reads in it. What the emulator can't show is named, with the reason.
 *
 * Covers: plugins/target-snowflake/src, plugins/target-snowflake/test, packages/sql/src, packages/columns/src, packages/testing/src/dialect, packages/testing/src/target
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import type { TableName } from "@tapline/sql";
import { describeDialect, describeTarget, dialectChecks, ownCommand } from "@tapline/testing";
import { seededRandom } from "@tapline/testing/seeded-random";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Config } from "../src/config.ts";
import { connect } from "../src/connection.ts";
import { makeDialect } from "../src/dialect/index.ts";
import type { UpsertWay } from "../src/dialect/upsert.ts";
import { connectToRead } from "../src/read-session.ts";
import { notShown } from "../test/emulator/differences.ts";
import { type Emulator, startEmulator } from "../test/emulator/server.ts";
import { readTable } from "../test/read-table.ts";

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator?.[Symbol.asyncDispose]();
});

const settings = (): Config => ({ ...emulator.config(), identifier_case: "exact" }) as Config;
let sessions = 0;
const dialect = (upsertWay: UpsertWay = "delete_insert") =>
  makeDialect({
    identifierCase: "exact",
    timestampType: "TIMESTAMP_TZ",
    schema: "PUBLIC",
    token: `kit${process.pid}_${++sessions}`,
    upsertWay,
  });

describeTarget({
  command: ownCommand(import.meta.url),
  config: (folder) => ({ ...settings(), default_target_schema: basename(folder) }),
  read: (stream, folder) => readTable(settings(), basename(folder), stream),
  loadMethods: ["append-only", "upsert", "overwrite"],
  timeoutMs: 120_000,
});

const subject = {
  dialect: dialect(),
  ignoringCase: { prepare: [], type: "VARCHAR COLLATE 'en-ci'" },
  enforcesNothing: true as const,
  notShown,
  connect: () => connect(settings(), dialect()),
  connectToRead: (_: string, signal: AbortSignal) => connectToRead(settings(), dialect(), signal),
  read: ({ schema, table }: TableName) => readTable(settings(), schema, table),
};

describeDialect(subject);

describe("upserts by MERGE", () => {
  const about = /key|unchanged|_sdc_deleted_at|replayed|widen|lacks|others made/;
  /** It loads rows without keys and then under keys: MERGE changes all rows of a key and removes none, which is said with `upsert_with`. */
  const differs = /^keys that change between runs/;
  const checks = dialectChecks.filter(
    ({ name }) => about.test(name) && !Object.hasOwn(notShown, name) && !/^(REPLACE|overwrite|ACTIVATE)/.test(name) && !differs.test(name),
  );
  const byMerge = { ...subject, connect: () => connect(settings(), dialect("merge")), dialect: dialect("merge") };
  test.concurrent.each(checks)("$name", (check) => check.run(byMerge));

  test("several rows of a key that were there before are all changed, and none is removed", async () => {
    const check = dialectChecks.find(({ name }) => differs.test(name));
    await expect(check?.run(byMerge)).rejects.toThrow("4 rows under keys again expected, 6 found");
  });
});

test("a CSV file by way of tap-csv: the rows in Snowflake have the checksum of those that DuckDB reads in the file", ({ task }) =>
  loadCsv(task));

const rowsInFile = 5000;

async function loadCsv(task: { meta: { result?: Record<string, unknown> } }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "snowflake-csv-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "orders.csv"), csvText(seededRandom(19)));
  writeFileSync(
    join(folder, "tap.json"),
    JSON.stringify({ files: [{ entity: "orders", path: join(folder, "orders.csv"), keys: ["id"] }] }),
  );
  writeFileSync(join(folder, "target.json"), JSON.stringify({ ...settings(), default_target_schema: "csv", batch_size_rows: 1000 }));
  const bin = (name: string): string => fileURLToPath(new URL(`../../${name}/bin/${name}.js`, import.meta.url));
  const run = (name: string, config: string, input?: string) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin(name), "--config", config], {
      cwd: folder,
      input,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  };
  run("target-snowflake", "target.json", run("tap-csv", "tap.json"));
  const stored = ((await readTable(settings(), "csv", "orders")) ?? []).map((row) => columns.map((name) => cell(row[name])));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const types = "{'id': 'BIGINT', 'amount': 'DOUBLE', 'note': 'VARCHAR', 'day': 'DATE', 'at': 'TIMESTAMP', 'paid': 'BOOLEAN'}";
  const read = `SELECT ${columns.map((name) => `CAST("${name}" AS VARCHAR)`).join(", ")} FROM read_csv('${join(folder, "orders.csv")}', header = true, columns = ${types}, nullstr = '', allow_quoted_nulls = false)`;
  const inFile = (await (await connection.run(read)).getRows()).map((row) => row.map(cell));
  connection.closeSync();
  instance.closeSync();
  expect(stored).toHaveLength(rowsInFile);
  task.meta.result = { rows: rowsInFile, sha256: checksum(stored) };
  expect(checksum(stored)).toBe(checksum(inFile));
}

const columns = ["id", "amount", "note", "day", "at", "paid"];

/** Texts with quotes, commas, line ends and letters of several scripts; some cells are empty. */
function csvText(random: () => number): string {
  const notes = ["plain", 'a ""quoted"" word', "a, comma", "two\nlines", "Zürich", "日本語", "'", "\\N"];
  const date = (days: number): string => new Date(days * 86_400_000).toISOString();
  const lines = Array.from({ length: rowsInFile }, (_, id) => {
    const days = Math.floor(random() * 40_000) - 10_000;
    const amount = (Math.floor(random() * 2e9) - 1e9) / 100;
    const cells = [
      amount.toFixed(2),
      `"${notes[Math.floor(random() * notes.length)]}"`,
      date(days).slice(0, 10),
      date(days + 0.25).slice(0, 19),
      random() < 0.5,
    ];
    return [id, ...cells.map((each) => (random() < 0.05 ? "" : each))].join(",");
  });
  return `${columns.join(",")}\n${lines.join("\n")}\n`;
}

/** The same text for the same value, by whichever program. */
function cell(value: unknown): string {
  if (value === null) return "NULL";
  const text = typeof value === "object" && "rawJSON" in value ? String(value.rawJSON) : String(value);
  if (/^-?\d+(\.\d+)?$/.test(text)) return String(Number(text));
  return text.replace(/^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.0+)?(\+00:00|Z)?$/, "$1 $2");
}

const checksum = (rows: readonly (readonly string[])[]): string =>
  createHash("sha256")
    .update(
      rows
        .map((row) => JSON.stringify(row))
        .sort()
        .join("\n"),
    )
    .digest("hex");
