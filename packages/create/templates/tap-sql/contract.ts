/** The contract that every tap keeps, with databases that this test makes. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describeReadme, describeTap, ownCommand } from "@tapline/testing";
import { afterAll } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "tap-example-"));
afterAll(() => rmSync(folder, { recursive: true }));

function database(name: string, sql: string): string {
  const path = join(folder, name);
  const made = new DatabaseSync(path);
  made.exec(sql);
  made.close();
  return path;
}

const few = database("few.db", readFileSync(new URL("../example.sql", import.meta.url), "utf8"));
const many = database(
  "many.db",
  "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 15000) INSERT INTO t SELECT i, 'row ' || i FROM n",
);

describeTap({
  command: ownCommand(import.meta.url),
  config: { filepath: few },
  rows: {
    "main-example_rows": [
      { id: 1, name: "one", price: 9.5, big: 9007199254740993n },
      { id: 2, name: "two", price: null, big: null },
    ],
  },
  longConfig: { filepath: many },
});
describeReadme(import.meta.url);
