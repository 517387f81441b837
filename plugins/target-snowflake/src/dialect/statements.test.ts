/** Every statement that a load can send, as text in `statements.golden.sql`: a change of one is seen there, and reviewed as SQL. */
import type { ColumnType, TargetColumn } from "@tapline/columns";
import type { DeleteRecords, LoadRequest, MergePlan } from "@tapline/sql";
import { expect, test } from "vitest";
import { type DialectOptions, makeDialect } from "./index.ts";
import * as session from "./session.ts";
import { copyInto, listFiles, putFile, removeFiles } from "./stage.ts";
import { alterColumn, repairWidenings } from "./widening.ts";

const options: DialectOptions = {
  identifierCase: "upper",
  timestampType: "TIMESTAMP_TZ",
  schema: "PUBLIC",
  token: "t0",
  upsertWay: "delete_insert",
};
const { names, types, statements, merge } = makeDialect(options);
const byMerge = makeDialect({ ...options, upsertWay: "merge" }).merge;
const table = names.qualify("RAW", { schema: "shop", table: "orders" });

const request: LoadRequest = {
  table,
  columns: ["id", "name"],
  otherColumns: ["added_by_hand"],
  keys: ["id"],
  typeOf: (name) => ({ kind: name === "id" ? "bigint" : "varchar" }),
  isNew: false,
  uniqueKeys: [],
  overwrites: false,
  isReferenced: false,
  ordinal: 1,
};
const deletes: DeleteRecords = { deletedAt: "_sdc_deleted_at", metadata: ["_sdc_deleted_at"], removes: false, required: [] };

const plan = (more: Partial<LoadRequest> = {}, { plan: from } = merge, ends?: readonly string[]): string[] => {
  const { prepare, merge: planMerge } = from({ ...request, ...more });
  return [...prepare, ...texts(narrowed(planMerge({ rows: 1n, maxRowId: 1n }), ends))];
};

/** As the merge runs when these are the lowest and highest of each key. */
function narrowed(planned: MergePlan, ends: readonly string[] = ["-5", "17"]): MergePlan {
  if (planned.apply?.kind !== "narrowed") return planned;
  const { ends: query, apply } = planned.apply.narrow();
  return { ...planned, apply: [query, apply(query === undefined ? [] : ends)] as unknown as MergePlan["apply"] };
}

/** All texts of SQL in a plan, in the order of its fields. */
function texts(part: unknown): string[] {
  if (typeof part === "string") return [part];
  if (Array.isArray(part)) return part.flatMap(texts);
  return typeof part === "object" && part !== null
    ? Object.entries(part).flatMap(([name, each]) => (name === "kind" ? [] : texts(each)))
    : [];
}

const column = (columnName: string, type: ColumnType): TargetColumn => ({ name: columnName, columnName, type });
const columns: TargetColumn[] = [
  column("id", { kind: "bigint" }),
  column("price", { kind: "decimal", precision: 10, scale: 2 }),
  column("rate", { kind: "double" }),
  column("at", { kind: "timestamptz" }),
  column("day", { kind: "date" }),
  column("data", { kind: "json" }),
  column("bytes", { kind: "binary" }),
  column("ok", { kind: "boolean" }),
];

const partial = (): string[] => {
  const { fold } = merge.plan({ ...request, partialRows: { list: "_tapline_unchanged" } }).merge({ rows: 1n, maxRowId: 1n }) as MergePlan;
  return fold === undefined ? [] : [fold.lists, ...texts(fold.plan(["name"]))];
};

const golden: Record<string, string[]> = {
  "a session begins": [session.alterSession({ lockTimeoutSeconds: 60 }), session.sessionFacts, session.quotedNamesIgnoreCase],
  "a session for queries begins, and looks at a query": [session.alterReadSession, session.explainQuery("SELECT 1 -- one")],
  "a look at a table": [
    session.showObjects(names.qualifySchema("RAW", "shop"), "orders"),
    session.describeTable(table),
    session.showSchemas('"RAW"', "shop"),
    session.showAllObjects(names.qualifySchema("RAW", "shop")),
  ],
  "a table is made": [
    statements.createSchema(names.qualifySchema("RAW", "shop")),
    statements.createTable(
      table,
      columns.map(({ columnName: name, type }) => ({ name, type })),
    ),
    statements.commentTable(table, 'tapline: stream "it\'s \\ orders"'),
    statements.addColumn(table, { name: "more", type: { kind: "varchar" } }),
    statements.commentColumn(table, "more", 'tapline: property "More"'),
  ],
  "files are sent and loaded": [
    listFiles,
    putFile("/tmp/it's/1.parquet", "@~/tapline/none/a1/1/"),
    copyInto(names, types, table, columns, "@~/tapline/none/a1/1/"),
    removeFiles("@~/tapline/none/a1/1/"),
  ],
  append: plan({ keys: [] }),
  upsert: plan(),
  "upsert of a replay, which keeps newer rows": plan({ sequence: "_sdc_sequence" }),
  "upsert by MERGE": plan({}, byMerge),
  "upsert of a table of keys alone, by MERGE": plan({ columns: ["id"] }, byMerge),
  "upsert by a key of a number, a text and a date": plan(
    {
      columns: ["id", "code", "day", "name"],
      keys: ["id", "code", "day"],
      typeOf: (name) => ({ kind: name === "day" ? "date" : "varchar" }),
    },
    merge,
    ["1", "2", "a'", "b", "2024-01-02", "2024-03-04"],
  ),
  "upsert by a key whose order is not looked at": plan({ typeOf: () => ({ kind: "double" }) }),
  overwrite: plan({ overwrites: true }),
  "upsert with records that delete": plan({ deletes }),
  "upsert with records that delete, hard_delete": plan({ deletes: { ...deletes, removes: true } }),
  "upsert with rows that leave columns unchanged": partial(),
  "versions and sources": [
    ...[true, false].map(
      (hardDelete) =>
        merge.activate(
          { table, keys: ["id"], columnOf: (name) => name, isAppend: false },
          { version: 2, at: "2026-01-02T03:04:05Z", syncStartedAt: 1, sequence: 9, hardDelete },
        ) as string,
    ),
    merge.activate(
      { table, keys: ["id"], columnOf: (name) => name, isAppend: true },
      { version: 2, at: "2026-01-02T03:04:05Z", syncStartedAt: 1, sequence: 9, hardDelete: false },
    ) as string,
    statements.deleteWhere(table, "_sdc_source_file", "a\\'b.csv"),
    statements.deleteRange(
      table,
      { name: "seen_at", type: { kind: "timestamptz" } },
      "2026-01-01 00:00:00.000+00:00",
      "2026-02-01 00:00:00.000+00:00",
    ),
  ],
  "a transaction": [session.begin, session.commit, session.rollback],
  "the ledger": [
    statements.ledger.create(table),
    statements.ledger.take(table, "dev:it's", "run-1"),
    statements.ledger.record(table, { stateId: "dev:it's", runId: "run-1", state: '{"a":"\\\\"}', counts: "{}" }),
    statements.ledger.record(table, { stateId: "dev:it's", runId: "run-1", state: undefined, counts: "{}" }),
    statements.ledger.read(table, "dev:it's"),
    statements.ledger.readCounts(table, "dev:it's"),
    statements.findTables("RAW", [{ schema: "shop", table: "orders" }]),
  ],
  "rejected rows": texts([
    statements.rejects.find("RAW", "__rejects", ["stream", "code"], ["id"]),
    statements.rejects.streams(table),
    statements.rejects.number(table),
    statements.rejects.list(table, statements.rejects.oneOf("stream", ["it's"]), true),
    statements.rejects.withoutId(table),
    statements.rejects.newestDefinition(table, "TRUE"),
    statements.rejects.origins(table, "TRUE"),
    statements.rejects.take(table, statements.rejects.oneOf("id", ["a"])),
    statements.rejects.discard(table, "TRUE"),
  ]),
  "a column gets a wider type in place": alterColumn(names, types, table, {
    name: "price",
    from: { kind: "decimal", precision: 10, scale: 2 },
    to: { kind: "decimal", precision: 38, scale: 2 },
  }),
  "a column gets a wider type by steps": alterColumn(names, types, table, {
    name: "at",
    from: { kind: "timestamptz" },
    to: { kind: "varchar" },
    comment: 'tapline: property "At"',
  }),
  "a widening is mended that was killed after the copy": repairWidenings(names, types, table, [
    { name: "AT", type: "TIMESTAMP_TZ" },
    { name: "_TAPLINE_NEW_AT", type: "VARCHAR" },
  ]),
  "a widening is mended that was killed between the two names": repairWidenings(names, types, table, [
    { name: "_TAPLINE_OLD_AT", type: "TIMESTAMP_TZ" },
    { name: "_TAPLINE_NEW_AT", type: "VARCHAR" },
  ]),
  "a widening is mended that was killed after the names": repairWidenings(names, types, table, [
    { name: "_TAPLINE_OLD_AT", type: "TIMESTAMP_TZ" },
    { name: "AT", type: "VARCHAR" },
  ]),
  "digits are measured": [types.measure?.(table, names.quote("rate")) as string],
};

test("every statement is as it was reviewed", async () => {
  const text = Object.entries(golden).map(([what, all]) => `-- ${what}\n${all.map((sql) => `${sql};\n`).join("")}`);
  await expect(text.join("\n")).toMatchFileSnapshot("statements.golden.sql");
});

test.each([merge, byMerge])("no statement of a merge is DDL: it would commit the transaction in its middle", (merger) => {
  for (const more of [{}, { keys: [] }, { overwrites: true }, { deletes }, { sequence: "s" }]) {
    const { clean, deletes: records, ...steps } = merger.plan({ ...request, ...more }).merge({ rows: 1n, maxRowId: 1n });
    const { prepare, clean: after, ...within } = records ?? { prepare: "", clean: "" };
    expect(clean).toHaveLength(1);
    for (const sql of [...texts(narrowed(steps)), ...texts(within)]) expect(sql).toMatch(/^\s*(?:DELETE|INSERT|UPDATE|MERGE|SELECT)\b/);
    if (records !== undefined) expect([prepare, after].join("\n")).toMatch(/^CREATE OR REPLACE TEMPORARY TABLE[\s\S]*\nDROP TABLE/);
  }
});

test("keys that are no constants leave the table whole: long texts, and what is no number", () => {
  const long = "x".repeat(201);
  for (const [kind, ends] of [
    ["varchar", ["a", long]],
    ["bigint", ["1", "NaN"]],
    ["bigint", [null, null]],
    ["date", ["2024-01-02", "02-JAN-24"]],
  ] as const) {
    const sql = plan({ typeOf: () => ({ kind }) }, merge, ends as readonly string[]).join("\n");
    expect(sql).not.toContain("BETWEEN");
    expect(sql).toContain("min(");
  }
});

test("a whole table needs no mending, and a column of a load whose name begins like ours none either", () => {
  expect(repairWidenings(names, types, table, [{ name: "ID", type: "NUMBER(38,0)" }])).toEqual([]);
  expect(repairWidenings(names, types, table, [{ name: "_TAPLINE_OLD_GONE", type: "VARCHAR" }])).toEqual([]);
});
