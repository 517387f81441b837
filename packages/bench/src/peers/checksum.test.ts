import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { invoiceColumns } from "../seed-data.ts";
import { checksumOf, checksumQuery, difference } from "./checksum.ts";

const first = ["1", "'a'", "7", "'x'", "'y'", "NULL", "2", "1.5", "3.0", "1.234567", "DATE '2024-02-29'", "NULL"];
const last = ["TIMESTAMPTZ '2024-02-29 01:02:03+00'", "true", "'Zürich'", "''"];
const row = (changes: Partial<Record<keyof typeof invoiceColumns, string>> = {}): string =>
  Object.keys(invoiceColumns)
    .map((name, i) => `${changes[name as keyof typeof invoiceColumns] ?? [...first, ...last][i]} AS ${name}`)
    .join(", ");
const right = [row(), row({ id: "2", memo: "NULL" })];

test("the order of rows and the types of columns do not matter", async () => {
  const others = { amount: "3::DOUBLE", id: "1::VARCHAR", invoice_date: "'2024-02-29 00:00:00'", created_at: "'2024-02-29T01:02:03'" };
  expect(await compareTo([row({ ...others, id: "'2'", memo: "NULL" }), row({ ...others, id: "'1'" })])).toBeUndefined();
});

test.each<[string, string[]]>([
  ["1 of 2 rows are missing", [row()]],
  ["1 rows have the key of another", [row(), row({ memo: "NULL" })]],
  ["1 rows too many", [...right, row({ id: "3" })]],
  ["values differ in memo", [row(), row({ id: "2", memo: "''" })]],
  ["values differ in memo", [row({ memo: "NULL" }), row({ id: "2" })]],
  ["values differ in exchange_rate, created_at", [row({ exchange_rate: "1.234568", created_at: "'2024-02-29 01:02:04'" }), right[1] ?? ""]],
])("%s", async (expected, rows) => {
  expect(await compareTo(rows)).toBe(expected);
});

test("a table without one of the columns does not match", async () => {
  await expect(compareTo(["1 AS id"])).rejects.toThrow("invoice_no");
});

async function compareTo(rows: readonly string[]): Promise<string | undefined> {
  return difference(await sums(rows), await sums(right));
}

async function sums(rows: readonly string[]) {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`CREATE TABLE t AS ${rows.map((each) => `SELECT ${each}`).join(" UNION ALL ")}`);
    const [found] = (await connection.runAndReadAll(checksumQuery("t", "duckdb"))).getRowObjectsJson();
    return checksumOf(found ?? {});
  } finally {
    connection.closeSync();
  }
}
