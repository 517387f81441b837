/** What a comparison can be told beside its tables: renamed columns, rows that refer to others, and rows that still move. */
import { type Comparison, type TableReport, type VerifyOptions, verifyTable } from "@tapline/runner";
import { expect, test } from "vitest";
import { roundDatabases } from "./round-databases.ts";
import { describe, duckdbSide, postgresSide } from "./rounds.ts";

const databases = roundDatabases();

/** Tables `things` in PostgreSQL and DuckDB, made by these statements. `onPhase`: called before each part of the work. */
async function compare(
  statements: { here: readonly string[]; there: readonly string[] },
  comparison: Comparison,
  options: VerifyOptions = {},
  onPhase: (phase: string) => Promise<void> = async () => {},
): Promise<TableReport> {
  const { postgres, duckdb } = databases();
  await postgres.read("DROP TABLE IF EXISTS things, others", ...statements.here);
  for (const each of ["DROP TABLE IF EXISTS things", "DROP TABLE IF EXISTS others", ...statements.there]) await duckdb.run(each);
  const [here, there] = [postgresSide(postgres, "things"), duckdbSide(duckdb, "things")];
  const pair = { sides: { here, there }, here: await describe(here), there: await describe(there), comparison };
  const changes: Promise<void>[] = [];
  const report = await verifyTable(pair, options, { onPhase: (phase) => void changes.push(onPhase(phase)), onRows() {} });
  await Promise.all(changes);
  return report;
}

const things = (name = "amount"): string[] => [
  `CREATE TABLE things (id integer PRIMARY KEY, ${name} numeric(10,2), other_id integer)`,
  "INSERT INTO things VALUES (1, 1.50, 1), (2, 2.50, 1), (3, 3.50, 9)",
];

test("columns of other names are compared, by the key too", async () => {
  const there = [
    "CREATE TABLE things AS SELECT 1 AS nr, 1.5 AS total, 1 AS other_id UNION ALL SELECT 2, 2.5, 1 UNION ALL SELECT 3, 3.75, 9",
  ];
  const report = await compare({ here: things(), there }, { rename: { id: "nr", amount: "total" } });
  expect(report).toMatchObject({ verdict: "different", differing: 1, only_here: 0, only_there: 0, key: ["id"] });
  expect(report.examples).toMatchObject([{ what: "differing", key: { id: "3" }, columns: ["amount"] }]);
  expect(report.findings.filter(({ level }) => level === "difference")).toEqual([]);
});

test("rows that refer to nothing are counted on both sides", async () => {
  const others = "CREATE TABLE others (id integer)";
  const here = [...things(), others, "INSERT INTO others VALUES (1), (9)"];
  const there = [...things(), others, "INSERT INTO others VALUES (1)"];
  const comparison: Comparison = {
    references: [{ columns: ["other_id"], to: { here: "public.others", there: "main.others" }, to_columns: ["id"] }],
  };
  const report = await compare({ here, there }, comparison);
  expect(report).toMatchObject({ verdict: "different", differing: 0, metrics: [{ here: "0", there: "1", equal: false }] });
  const level = await compare({ here, there: here }, comparison);
  expect(level).toMatchObject({ verdict: "equal", metrics: [{ here: "0", there: "0", equal: true }] });
});

test("rows that were on their way are read again, and only what still differs counts", async () => {
  const there = [...things(), "DELETE FROM things WHERE id = 2", "UPDATE things SET amount = 0 WHERE id = 3"];
  const arrive = async (phase: string): Promise<void> => {
    if (phase === "recheck") await databases().duckdb.run("INSERT INTO things VALUES (2, 2.50, 1)");
  };
  const report = await compare({ here: things(), there }, {}, { recheckSeconds: 1 }, arrive);
  expect(report).toMatchObject({ verdict: "different", only_here: 0, differing: 1, rechecked: { after_seconds: 1, went: 1 } });
});
