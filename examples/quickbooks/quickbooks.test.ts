/** Works with the example as its team does: drops exports into the inbox, runs the job, and compares the tables with the exports. */
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { duckdbRows } from "../../packages/workspace/src/duckdb.ts";
import { type Copy, copyOfExample, type Stream, selectOf, sorted, streams } from "./project.ts";

const copy = copyOfExample();
afterAll(() => copy[Symbol.dispose]());

const database = copy.path("output/quickbooks.duckdb");
const today = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
const archived = (outcome: string): string[] => {
  const folder = copy.path("output/archive", outcome, today);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};
const inbox = (): string[] => readdirSync(copy.path("output/inbox"));

async function tableRows(stream: Stream): Promise<Record<string, string | null>[]> {
  const columns = Object.keys(copy.expected(stream)[0] as object);
  const instant = (column: string): string => `strftime(${column} AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S+00')`;
  return sorted(stream, await duckdbRows(database, selectOf(stream, columns, instant)));
}

async function expectTablesToEqualExports({ expected }: Pick<Copy, "expected"> = copy): Promise<void> {
  for (const stream of streams) expect(await tableRows(stream)).toEqual(expected(stream));
}

describe("an inbox of exports", () => {
  test("every row is loaded exactly, and the files are put away with their records", async () => {
    copy.drop(1);
    const { code, streams: counts } = await copy.runJob("load");
    expect(code).toBe(0);
    for (const stream of streams) {
      const [read, rows] = [copy.inFile(stream).length, copy.expected(stream).length];
      expect(counts[stream]).toMatchObject({ sent: read, received: read, loaded: rows, inserted: rows, rejected: read - rows });
    }
    await expectTablesToEqualExports();
    expect(inbox()).toEqual([]);
    expect(archived("success")).toEqual(streams.flatMap((stream) => [`${stream}.csv`, `${stream}.csv.json`]).sort());
    const record = JSON.parse(readFileSync(copy.path("output/archive/success", today, "items.csv.json"), "utf8"));
    expect(record).toMatchObject({
      path: "output/inbox/items.csv",
      rows_read: 240,
      run_id: expect.any(String),
      sha256: expect.any(String),
    });
  });

  test("the customer without an id is kept in the rejects table, with position and reason", async () => {
    const rejects = await duckdbRows(database, "SELECT code, reason, position, record FROM raw.customers__rejects");
    expect(rejects).toMatchObject([{ code: "key_missing", reason: expect.stringContaining("QuickBooks Internal Id") }]);
    const [lost] = copy.inFile("customers").filter((row) => row["QuickBooks Internal Id"] === "");
    expect(JSON.parse(rejects[0]?.record as string)).toMatchObject({ "QuickBooks Internal Id": null, Customer: lost?.Customer });
    expect(JSON.parse(rejects[0]?.position as string)).toMatchObject({ file: "output/inbox/customers.csv", line: expect.any(Number) });
  });

  test("the same exports once more are recognized by their content and set aside", async () => {
    copy.drop(1);
    const { code, streams: counts } = await copy.runJob("load");
    expect([code, Object.values(counts).filter(({ sent = 0 }) => sent > 0)]).toEqual([0, []]);
    expect(archived("duplicate")).toHaveLength(8);
    expect(inbox()).toEqual([]);
    await expectTablesToEqualExports();
  });

  test("the next day's exports: new rows are added, changed ones replaced", async () => {
    copy.drop(2);
    const { streams: counts } = await copy.runJob("load");
    expect(counts.customers).toMatchObject({ inserted: 10 });
    expect(counts.items).toMatchObject({ inserted: 5 });
    await expectTablesToEqualExports();
  });

  test("an unknown file is named and left, and a file is told by its header whatever its name", async () => {
    copy.drop(3, "items");
    renameSync(copy.path("output/inbox/items.csv"), copy.path("output/inbox/export (3).csv"));
    writeFileSync(copy.path("output/inbox/notes.csv"), "remark,by\ncall back,Ana\n");
    const { code, stderr } = await copy.tapline(["run", "load"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("output/inbox/notes.csv")]);
    expect(inbox()).toEqual(["notes.csv"]);
    expect(await tableRows("items")).toEqual(copy.expected("items"));
    const { stdout } = await copy.tapline(["files", "list"]);
    expect(stdout).toMatch(/unknown +.*notes\.csv/);
    renameSync(copy.path("output/inbox/notes.csv"), copy.path("notes.csv"));
  });

  test("a broken file goes to failure with its place, the others load; mended, it loads", async () => {
    copy.drop(4);
    const good = readFileSync(copy.path("output/inbox/items.csv"), "utf8");
    appendFileSync(copy.path("output/inbox/items.csv"), '"Broken, with too few cells",Service\n');
    const { code, stdout, stderr } = await copy.tapline(["run", "load"]);
    const line = good.split("\n").length;
    expect([code, `${stdout}\n${stderr}`]).toEqual([
      1,
      expect.stringMatching(new RegExp(`Failed: tap-csv, stream items, file output/inbox/items.csv, line ${line}: .*2 cells`)),
    ]);
    expect(archived("failure")).toEqual(["items.csv", "items.csv.json"]);
    expect((await copy.runJob("load")).code).toBe(0);
    writeFileSync(copy.path("output/inbox/items.csv"), good);
    expect((await copy.runJob("load")).code).toBe(0);
    await expectTablesToEqualExports();
    expect(inbox()).toEqual([]);
  });

  test("an export whose dates could be read in two ways changes no type", async () => {
    const rows = ["INV-800001,1,01/02/2025", "INV-800002,1,03/04/2025"].map(
      (start) => `${start},2025-02-01,Ana,Lamp,,1,1.00,1.00,true,,2025-01-03T11:57:39-05:00`,
    );
    const [head] = readFileSync(copy.path("exports/invoices.csv"), "utf8").split("\n");
    writeFileSync(copy.path("output/inbox/invoices-late.csv"), [head, ...rows, ""].join("\n"));
    expect((await copy.runJob("load")).code).toBe(0);
    const sql = `SELECT "Date", typeof("Date") AS type FROM raw.invoices WHERE "Invoice Number" LIKE 'INV-8%' ORDER BY 1`;
    expect(await duckdbRows(database, sql)).toEqual([
      { Date: "2025-01-02", type: "DATE" },
      { Date: "2025-03-04", type: "DATE" },
    ]);
  });

  test("an invoice without its customer stops the load before it is in the table", async () => {
    copy.drop(5);
    const path = copy.path("output/inbox/invoices.csv");
    const [head, ...lines] = readFileSync(path, "utf8").split("\n");
    const faulty = lines.toSpliced(-1, 0, "INV-999999,1,01/02/2025,2025-02-01,,Lamp,,1,1.00,1.00,true,,2025-01-03T11:57:39-05:00");
    writeFileSync(path, [head, ...faulty].join("\n"));
    const { code, stdout, stderr } = await copy.tapline(["run", "load"]);
    expect([code, `${stdout}\n${stderr}`]).toEqual([1, expect.stringContaining("Customer is not null")]);
    expect(await duckdbRows(database, `SELECT 1 FROM raw.invoices WHERE "Invoice Number" = 'INV-999999'`)).toEqual([]);
  });
});
