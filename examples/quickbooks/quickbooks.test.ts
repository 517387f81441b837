/** Runs the main job as a user does and compares its tables, cell by cell, with the CSV files as csv-parse reads them. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../packages/workspace/src/command.ts";
import { duckdbRows } from "../../packages/workspace/src/duckdb.ts";

const project = mkdtempSync(join(tmpdir(), "quickbooks-"));
const database = join(project, "output/quickbooks.duckdb");
const keys = {
  customers: ["QuickBooks Internal Id"],
  items: ["Item Name"],
  invoices: ["Invoice Number", "Line"],
  sales_receipts: ["Receipt Number", "Line"],
};
const streams = Object.keys(keys) as (keyof typeof keys)[];

beforeAll(() => cpSync(import.meta.dirname, project, { recursive: true, filter: (path) => !/\/(output|\.tapline)(\/|$)/.test(path) }));
afterAll(() => rmSync(project, { recursive: true }));

const inFile = (stream: string): Record<string, string>[] =>
  parse(readFileSync(join(project, "exports", `${stream}.csv`)), { columns: true, bom: true });

/** Rows with their keys; the others can't be loaded. */
const exported = (stream: keyof typeof keys): Record<string, string>[] =>
  inFile(stream).filter((row) => keys[stream].every((key) => row[key] !== ""));

/** The expected value of a cell, as DuckDB prints it: empty is NULL, instants in UTC, dates and amounts typed, everything else unchanged. */
function expected(column: string, cell: string): string | null {
  if (cell === "") return null;
  if (column === "Last Modified")
    return new Date(cell)
      .toISOString()
      .replace("T", " ")
      .replace(/\.\d+Z$/, "+00");
  if (/^-?\d{1,3}(,\d{3})*\.\d\d$/.test(cell)) return cell.replaceAll(",", "");
  return cell.replace(/^(\d\d)\/(\d\d)\/(\d{4})$/, "$3-$1-$2");
}

async function tableRows(stream: keyof typeof keys): Promise<Record<string, string | null>[]> {
  const columns = Object.keys(exported(stream)[0] as object).map((name) =>
    name === "Last Modified" ? `strftime("${name}" AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S+00') AS "${name}"` : `"${name}"`,
  );
  return duckdbRows(
    database,
    `SELECT ${columns.join(", ")} FROM raw."${stream}" ORDER BY ${keys[stream].map((key) => `"${key}"::VARCHAR`).join(", ")}`,
  );
}

async function expectTablesToEqualExports(): Promise<void> {
  for (const stream of streams) {
    const rows = exported(stream).map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, expected(name, cell)])));
    const order = (row: Record<string, string | null>) => keys[stream].map((key) => row[key]).join("\u0000");
    const sorted = (list: Record<string, string | null>[]) => [...list].sort((a, b) => (order(a) < order(b) ? -1 : 1));
    expect(sorted(await tableRows(stream))).toEqual(sorted(rows));
  }
}

async function runJob(): Promise<Record<string, Record<string, number>>> {
  const { code, stdout, stderr } = await run("tapline", ["run", "quickbooks", "--json"], { cwd: project });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const finished = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .find((event) => event.type === "run_finished");
  return Object.fromEntries(finished.streams.map((stream: { stream: string }) => [stream.stream, stream]));
}

describe("tapline run quickbooks", () => {
  test("the first run loads every row, exactly as in the files", async () => {
    const counts = await runJob();
    for (const stream of streams) {
      const [sent, rows] = [inFile(stream).length, exported(stream).length];
      expect(counts[stream]).toMatchObject({
        sent,
        received: sent,
        loaded: rows,
        inserted: rows,
        updated: 0,
        rejected: sent - rows,
        in_table: rows,
      });
    }
    await expectTablesToEqualExports();
  });

  test("the customer without an id is kept in the rejects table, with position and reason", async () => {
    const [reject, ...others] = await duckdbRows(database, "SELECT code, reason, position, record, run_id FROM raw.customers__rejects");
    expect(others).toEqual([]);
    expect(reject).toMatchObject({ code: "key_missing", reason: expect.stringContaining("QuickBooks Internal Id") });
    const [lost] = inFile("customers").filter((row) => row["QuickBooks Internal Id"] === "");
    expect(JSON.parse(reject?.record as string)).toMatchObject({ "QuickBooks Internal Id": null, Customer: lost?.Customer });
    expect(JSON.parse(reject?.position as string)).toEqual({
      file: "exports/customers.csv",
      line: expect.any(Number),
      column: "QuickBooks Internal Id",
    });
  });

  test("a second run continues from its bookmarks and reports no new rows", async () => {
    const counts = await runJob();
    expect(counts.customers).toMatchObject({ sent: 0, in_table: exported("customers").length });
    expect(counts.invoices?.inserted).toBe(0);
    expect(counts.invoices?.sent).toBeLessThan(10);
    await expectTablesToEqualExports();
  });

  test("the next day's exports: new rows and changed ones, and the tables equal the files again", async () => {
    const before = Object.fromEntries(streams.map((stream) => [stream, exported(stream)]));
    execFileSync(process.execPath, ["make-exports.mjs", "exports", "2"], { cwd: project });
    const counts = await runJob();
    expect(counts.customers).toMatchObject({ inserted: 10 });
    expect(counts.items).toMatchObject({ inserted: 5 });
    for (const stream of streams) {
      const keyOf = (row: Record<string, string>): string => keys[stream].map((key) => row[key]).join("\u0000");
      const now = exported(stream);
      expect(now.slice(0, before[stream]?.length).map(keyOf)).toEqual(before[stream]?.map(keyOf));
      expect(counts[stream]?.in_table).toBe(now.length);
    }
    expect(exported("invoices").slice(0, before.invoices?.length)).toEqual(before.invoices);
    await expectTablesToEqualExports();
  });

  test("a file that matches no stream is logged and not read, and a file is recognized by its header whatever its name", async () => {
    writeFileSync(join(project, "exports/notes.csv"), "remark,by\ncall back,Ana\n");
    renameSync(join(project, "exports/items.csv"), join(project, "exports/export (3).csv"));
    const { code, stderr } = await run("tapline", ["run", "quickbooks"], { cwd: project });
    expect([code, stderr]).toEqual([0, expect.stringContaining("exports/notes.csv")]);
    rmSync(join(project, "exports/notes.csv"));
    renameSync(join(project, "exports/export (3).csv"), join(project, "exports/items.csv"));
  });

  test("--full-refresh sends everything again, and the tables equal the files", async () => {
    rmSync(join(project, "output"), { recursive: true });
    const { code, stdout } = await run("tapline", ["run", "quickbooks", "--full-refresh"], { cwd: project });
    expect(code).toBe(0);
    for (const stream of streams) expect(stdout).toMatch(new RegExp(`${stream}\\s+${inFile(stream).length.toLocaleString("en")}\\b`));
    await expectTablesToEqualExports();
  });

  test("a row that does not fit fails the run with stream, file, line, column and a hint, and the tables do not change", async () => {
    const path = join(project, "exports/items.csv");
    const text = readFileSync(path, "utf8");
    const line = exported("items").length + 2;
    writeFileSync(path, `${text}"Broken, with too few cells",Service\n`);
    const { code, stdout, stderr } = await run("tapline", ["run", "quickbooks"], { cwd: project });
    expect(code).toBe(1);
    const last = `${stdout}\n${stderr}`.trim().split("\n").at(-1) as string;
    expect(last).toMatch(new RegExp(`^Failed: tap-csv, stream items, file exports/items.csv, line ${line}: .*2 cells`));
    writeFileSync(path, text);
    await expectTablesToEqualExports();
  });
});
