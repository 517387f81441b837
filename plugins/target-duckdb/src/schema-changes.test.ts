/** Columns, types and keys that change while rows are loaded, and between runs. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { exactNumber, type JsonSchema } from "@tapline/protocol";
import type { Row, TableChange, TargetStream } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import type { Config } from "./config.ts";
import target from "./index.ts";

const id = { type: "integer" };
const text = { type: ["null", "string"] };
const number = { type: ["null", "number"] };

const file = (): string => join(temporaryFolder(), "w.duckdb");

/** Each step: another stream (also the first one), rows, or "commit"; a commit ends the list. @returns the counts of all commits */
async function load(filepath: string, steps: (TargetStream | Row[] | "commit")[], settings: Partial<Config> = {}): Promise<unknown[]> {
  await using sink = await target.open({ filepath, ...settings });
  const [first, ...rest] = steps;
  const writer = await sink.open(first as TargetStream);
  const counts: unknown[] = [];
  for (const step of [...rest, "commit" as const]) {
    if (step === "commit") counts.push((await sink.commit()).counts.get("s"));
    else if (Array.isArray(step)) await writer.write(batch(step));
    else await writer.alter(step);
  }
  return counts;
}

const typesOf = async (filepath: string): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await read(filepath, "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 's'")) as [string, string][],
  );

describe("in a cut that replaces old rows", () => {
  test.each<[string, JsonSchema, unknown, string]>([
    ["a new column", { n: id, more: text }, 2, "BIGINT"],
    ["another type", { n: text }, "2", "VARCHAR"],
    ["a value that is too long", { n: id }, exactNumber("9223372036854775808"), "HUGEINT"],
  ])("%s: the table is altered before rows of it go", async (_, next, value, type) => {
    const filepath = file();
    await load(filepath, [
      stream({ id, n: id }, ["id"]),
      [
        { id: 1, n: 1 },
        { id: 2, n: 1 },
      ],
    ]);
    const steps = [
      stream({ id, n: id }, ["id"]),
      [{ id: 1, n: 7 }],
      stream({ id, ...next } as never, ["id"]),
      [
        { id: 2, n: value },
        { id: 3, n: value },
      ],
    ];
    expect(await load(filepath, steps)).toEqual([{ inserted: 1, updated: 2, superseded: 0 }]);
    expect(await read(filepath, "SELECT id::INT, n::VARCHAR FROM s ORDER BY id")).toEqual([
      [1, "7"],
      [2, numberOf(value)],
      [3, numberOf(value)],
    ]);
    expect((await typesOf(filepath)).n).toBe(type);
  });

  test("other keys, then other columns, then a wider value: the table is copied, with its order, its comments and its views", async () => {
    const filepath = file();
    await load(filepath, [stream({ id, n: id, "": text }, ["id"]), Array.from({ length: 5000 }, (_, i) => ({ id: i, n: i, "": "x" }))]);
    await read(filepath, "CREATE VIEW v AS SELECT * FROM s");
    const counts = await load(filepath, [
      stream({ id, n: id }, ["id"]),
      [{ id: 1, n: -1 }],
      stream({ id, n: id }, ["n"]),
      [{ id: -2, n: 2 }],
      stream({ id, n: id, day: { type: "string", format: "date" } }, ["n"]),
      [
        { id: -3, n: 3, day: "2024-01-02" },
        { id: -4, n: 3 },
      ],
      [{ id: -5, n: exactNumber("9223372036854775808") }],
      "commit",
      [{ id: 9, n: 3 }],
    ]);
    expect(counts).toEqual([
      { inserted: 1, updated: 3, superseded: 1 },
      { inserted: 0, updated: 1, superseded: 0 },
    ]);
    expect(await typesOf(filepath)).toMatchObject({ id: "BIGINT", n: "HUGEINT", day: "DATE" });
    expect(await read(filepath, "SELECT id::INT, n::VARCHAR FROM s WHERE id <= 1 OR n = 3 OR n > 5000 ORDER BY rowid")).toEqual([
      [0, "0"],
      [1, "-1"],
      [-2, "2"],
      [-5, "9223372036854775808"],
      [9, "3"],
    ]);
    expect(await read(filepath, "SELECT id::INT FROM v WHERE day IS NOT NULL")).toEqual([]);
    expect(await read(filepath, "SELECT count(*)::INT, count(COLUMNS('^unnamed'))::INT FROM s")).toEqual([[5001, 5000]]);
    expect(await read(filepath, "SELECT comment FROM duckdb_columns() WHERE table_name = 's' AND comment IS NOT NULL")).toEqual([
      ['tapline: property ""'],
    ]);
  });

  test("where constraints of others keep the table from being copied, the hint asks for a STATE between, and with one it works", async () => {
    const filepath = file();
    await read(filepath, "CREATE TABLE s (id BIGINT PRIMARY KEY, n BIGINT)", "INSERT INTO s VALUES (1, 1), (2, 2)");
    const steps = (...between: "commit"[]) => [
      stream({ id, n: id }, ["id"]),
      [{ id: 1, n: 5 }],
      stream({ id, n: id }, ["n"]),
      [{ id: 3, n: 2 }],
      ...between,
      stream({ id, n: id, more: text }, ["n"]),
      [{ id: 4, n: 4 }],
    ];
    const error = await failure(() => load(filepath, steps()));
    expect(error).toMatchObject({ code: "copy_refused", class: "config", hint: expect.stringContaining("STATE") });
    expect(error.message).toContain('"more"');
    expect(await read(filepath, "SELECT n::INT FROM s ORDER BY id")).toEqual([[1], [2]]);
    await load(filepath, steps("commit"));
    expect(await read(filepath, "SELECT id::INT, n::INT FROM s ORDER BY id")).toEqual([
      [1, 5],
      [3, 2],
      [4, 4],
    ]);
  });

  test("a temporary landing is altered with its table", async () => {
    const filepath = file();
    await read(filepath, "CREATE TABLE s (id BIGINT PRIMARY KEY, n BIGINT)", "INSERT INTO s VALUES (1, 1), (2, 2)");
    const steps = [
      stream({ id, n: id }, ["id"]),
      [{ id: 1, n: 5 }],
      stream({ id, n: id, more: text }, ["id"]),
      [{ id: 2, n: 6, more: "x" }],
      [{ id: 3, n: exactNumber("123456789012345678901") }],
      stream({ id, n: text, more: text }, ["id"]),
      [{ id: 4, n: "abc" }],
    ];
    expect(await load(filepath, steps)).toEqual([{ inserted: 2, updated: 2, superseded: 0 }]);
    expect(await read(filepath, "SELECT n FROM s ORDER BY id")).toEqual([["5"], ["6"], ["123456789012345678901"], ["abc"]]);
  });

  test("overwrite of a table that has to stay: emptied and altered in one commit", async () => {
    const filepath = file();
    await read(filepath, "CREATE TABLE s (id BIGINT, n BIGINT DEFAULT 7)", "INSERT INTO s VALUES (1, 1), (2, 2)");
    const overwritten = (properties: Record<string, JsonSchema>) => stream(properties, ["id"], "overwrite");
    const steps = [
      overwritten({ id, n: id }),
      [{ id: 1, n: 5 }],
      overwritten({ id, n: number, more: text }),
      [{ id: 3, n: 1.5, more: "x" }],
      [{ id: 3, n: exactNumber("1.2345678901234567890"), more: "y" }],
    ];
    expect(await load(filepath, steps)).toEqual([{ inserted: 2, updated: 0, superseded: 1 }]);
    expect(await read(filepath, "SELECT id::INT, n::VARCHAR, more FROM s ORDER BY id")).toEqual([
      [1, "5.000000000000000000", null],
      [3, "1.234567890123456789", "y"],
    ]);
    expect(await typesOf(filepath)).toMatchObject({ n: "DECIMAL(38,18)" });
  });

  test("ACTIVATE_VERSION with a change in the same cut, and one after it", async () => {
    const filepath = file();
    const versioned = (properties: Record<string, JsonSchema>): TargetStream =>
      stream({ id, _sdc_table_version: id, _sdc_sync_started_at: id, _sdc_deleted_at: { ...text, format: "date-time" }, ...properties }, [
        "id",
      ]);
    await load(filepath, [
      versioned({}),
      [
        { id: 1, _sdc_table_version: 1 },
        { id: 2, _sdc_table_version: 1 },
      ],
    ]);
    await using sink = await target.open({ filepath });
    const writer = await sink.open(versioned({}));
    await writer.write(batch([{ id: 1, _sdc_table_version: 2 }]));
    await writer.alter(versioned({ more: text }));
    await sink.settle?.();
    await writer.activate?.({ version: 2, syncStartedAt: 5, hardDelete: true, at: "2024-01-01T00:00:00Z", sequence: 1 });
    await writer.alter(versioned({ more: text, evenMore: text }));
    await writer.write(batch([{ id: 3, _sdc_table_version: 2, evenMore: "x" }]));
    expect((await sink.commit()).counts.get("s")).toEqual({ inserted: 1, updated: 1, superseded: 0, deleted: 1 });
    await sink[Symbol.asyncDispose]();
    expect(await read(filepath, 'SELECT id::INT, "evenMore" FROM s ORDER BY id')).toEqual([
      [1, null],
      [3, "x"],
    ]);
  });
});

const day = { ...text, format: "date" };
const instant = { ...text, format: "date-time" };
const money = { type: "number", multipleOf: 0.01 };

test.each<[string, JsonSchema, unknown, JsonSchema, unknown, string]>([
  ["a double as text", number, 0.5, text, "x", "0.5"],
  ["a double as a decimal", number, 0.5, number, exactNumber("0.12345678901234567891"), "0.50000000000000000000"],
  ["a double as JSON", number, 0.5, { type: "object" }, {}, "0.5"],
  ["a decimal as text", money, 0.5, text, "x", "0.50"],
  ["an integer as a wider one", id, 5, id, exactNumber("9223372036854775808"), "5"],
  ["an integer as a number", id, 5, number, 0.5, "5.0"],
  ["an integer as JSON", id, 5, { type: "object" }, {}, "5"],
  ["a date as an instant", day, "2024-02-29", instant, "2024-01-01T00:00:00Z", "2024-02-29 00:00:00+00"],
  ["an instant as text", instant, "2024-02-29T01:02:03+01:00", text, "x", "2024-02-29T00:02:03.000000Z"],
  [
    "a UUID as text",
    { ...text, format: "uuid" },
    "8c6b6a54-1c1c-4b4b-8c8c-123456789012",
    text,
    "x",
    "8c6b6a54-1c1c-4b4b-8c8c-123456789012",
  ],
  ["a boolean as text", { type: "boolean" }, true, text, "x", "true"],
])("%s: the file can be opened after a crash, whose log is all there is of the change", async (_, before, old, after, value, expected) => {
  for (const index of [[], ["CREATE INDEX by_id ON s (id)"]]) {
    const filepath = file();
    await load(filepath, [
      stream({ id, v: before }, ["id"]),
      [
        { id: 1, v: old },
        { id: 2, v: old },
      ],
    ]);
    await read(filepath, "CREATE VIEW w AS SELECT * FROM s", ...index);
    await using sink = await target.open({ filepath });
    const writer = await sink.open(stream({ id, v: before }, ["id"]));
    await writer.write(batch([{ id: 3, v: old }]));
    try {
      await writer.alter(stream({ id, v: after, more: { type: "object" }, at: instant, u: { ...text, format: "uuid" } }, ["id"]));
      await writer.write(batch([{ id: 2, v: value }]));
      await sink.commit();
    } catch (error) {
      // With an index nothing is copied, and some changes need that.
      expect(index).toHaveLength(1);
      expect(error).toMatchObject({ code: "copy_refused" });
      continue;
    }
    const crashed = join(temporaryFolder(), "w.duckdb");
    copyFileSync(filepath, crashed);
    copyFileSync(`${filepath}.wal`, `${crashed}.wal`);
    expect(await read(crashed, "SELECT id::INT, v::VARCHAR FROM w WHERE id <> 2 ORDER BY id")).toEqual([
      [1, expected],
      [3, expected],
    ]);
    expect(await read(crashed, "SELECT count(*)::INT FROM w")).toEqual([[3]]);
  }
});

describe("numbers", () => {
  test.each<[string, JsonSchema, unknown[], string, string[]]>([
    ["doubles while their digits survive", number, [0.1, 1e300, -0], "DOUBLE", ["0.1", "1e+300", "-0"]],
    [
      "a decimal that holds all",
      number,
      [0.1, 1e10, exactNumber("0.123456789012345678901")],
      "DECIMAL(38,21)",
      ["0.1", "10000000000", "0.123456789012345678901"],
    ],
    [
      "text where none does",
      number,
      [1e300, Number.NaN, 5, exactNumber("0.123456789012345678901")],
      "VARCHAR",
      ["1e+300", "NaN", "5", "0.123456789012345678901"],
    ],
    [
      "again wider",
      number,
      [exactNumber("0.12345678901234567891"), exactNumber("123456789012345678")],
      "DECIMAL(38,20)",
      ["0.12345678901234567891", "123456789012345678"],
    ],
    [
      "integers of 128 bits",
      id,
      [1, exactNumber("9223372036854775808"), exactNumber("-99999999999999999999999999999999999999")],
      "HUGEINT",
      ["1", "9223372036854775808", "-99999999999999999999999999999999999999"],
    ],
    [
      "integers beyond them",
      id,
      [1, exactNumber("100000000000000000000000000000000000001")],
      "VARCHAR",
      ["1", "100000000000000000000000000000000000001"],
    ],
    [
      "a declared decimal without precision",
      { type: "string", format: "singer.decimal" },
      ["1.5", "0.1234567890123456789", "12345678901234567"],
      "DECIMAL(38,19)",
      ["1.5", "0.1234567890123456789", "12345678901234567"],
    ],
  ])("%s", async (_, schema, values, type, expected) => {
    for (const commits of [true, false]) {
      const filepath = file();
      const rows = values.map((n, index) => [{ id: index, n }]);
      await load(filepath, [stream({ id, n: schema }, ["id"]), ...rows.flatMap((each) => (commits ? [each, "commit" as const] : [each]))]);
      expect((await typesOf(filepath)).n).toBe(type);
      expect((await read(filepath, "SELECT n::VARCHAR FROM s ORDER BY id")).map(([n]) => trimmed(String(n)))).toEqual(
        expected.map(trimmed),
      );
      const filled = file();
      await load(filled, [stream({ id, n: schema }, ["id"]), rows.flat()]);
      expect((await typesOf(filled)).n).toBe(type);
    }
  });

  test.each([
    [999_999_999_999_999, "DOUBLE"],
    [exactNumber("9007199254740993"), "DECIMAL(38,18)"],
  ])("integers up to %s become %s when numbers come", async (largest, type) => {
    const filepath = file();
    await load(filepath, [
      stream({ id, n: id }, ["id"]),
      [
        { id: 1, n: largest },
        { id: 2, n: -3 },
      ],
    ]);
    await load(filepath, [stream({ id, n: number }, ["id"]), [{ id: 2, n: 1.5 }]]);
    expect((await typesOf(filepath)).n).toBe(type);
    expect((await read(filepath, "SELECT n::VARCHAR FROM s ORDER BY id")).map(([n]) => trimmed(String(n)))).toEqual([
      numberOf(largest),
      "1.5",
    ]);
  });

  test.each<[string, unknown[], string]>([
    ["beyond 64 bits", [1, exactNumber("9223372036854775807"), exactNumber("9223372036854775808")], "HUGEINT"],
    [
      "neighbours a double can't distinguish",
      [exactNumber("9007199254740993"), exactNumber("9007199254740992"), exactNumber("0.5")],
      "DECIMAL(38,1)",
    ],
  ])("keys that become wider are the keys they were: %s", async (_, values, type) => {
    const filepath = file();
    const schema = type === "HUGEINT" ? id : { type: "number" };
    for (const round of [1, 2]) {
      const rows = values.map((k) => [{ k, round }]);
      const counts = await load(filepath, [stream({ k: schema, round: id }, ["k"]), ...rows]);
      expect(counts).toEqual([{ inserted: round === 1 ? 3 : 0, updated: round === 1 ? 0 : 3, superseded: 0 }]);
    }
    expect((await typesOf(filepath)).k).toBe(type);
    expect(await read(filepath, "SELECT round::INT FROM s")).toEqual([[2], [2], [2]]);
  });

  test("a null that came first and an empty table have no digits", async () => {
    const filepath = file();
    await load(filepath, [stream({ id, n: number }), [{ id: 1, n: null }], [{ id: 2, n: exactNumber("0.12345678901234567891") }]]);
    expect(await typesOf(filepath)).toMatchObject({ n: "DECIMAL(38,20)" });
  });
});

describe("schema_policy", () => {
  test("freeze: nothing is written where the table would have to change, and a value that is too long is refused", async () => {
    const filepath = file();
    await load(filepath, [stream({ id, n: id }, ["id"]), [{ id: 1, n: 1 }]]);
    for (const next of [{ id, n: text } as Record<string, JsonSchema>, { id, n: id, more: text }]) {
      const error = await failure(() => load(filepath, [stream(next, ["id"]), [{ id: 1 }]], { schema_policy: "freeze" }));
      expect(error).toMatchObject({ code: "schema_frozen", class: "config", position: { stream: "s" } });
    }
    const long = [stream({ id, n: id }, ["id"]), [{ id: 1, n: exactNumber("9223372036854775808") }]];
    expect((await failure(() => load(filepath, long, { schema_policy: { s: "freeze", "*": "evolve" } }))).code).toBe(
      "integer_out_of_range",
    );
    expect(await typesOf(filepath)).toEqual({ id: "BIGINT", n: "BIGINT" });
    expect(await read(filepath, "SELECT n::INT FROM s")).toEqual([[1]]);
  });

  test("new_column: values a column can't hold get one beside it, and a row has them in one only", async () => {
    const filepath = file();
    const policy = { schema_policy: "new_column" } as const;
    await load(
      filepath,
      [
        stream({ id, n: id }, ["id"]),
        [
          { id: 1, n: 1 },
          { id: 2, n: 2 },
        ],
      ],
      policy,
    );
    await load(
      filepath,
      [
        stream({ id, n: text }, ["id"]),
        [
          { id: 1, n: "one" },
          { id: 3, n: "three" },
        ],
      ],
      policy,
    );
    await load(filepath, [stream({ id, n: text }, ["id"]), [{ id: 3, n: "3" }]], policy);
    expect(await typesOf(filepath)).toEqual({ id: "BIGINT", n: "BIGINT", n__varchar: "VARCHAR" });
    expect(await read(filepath, "SELECT id::INT, n::INT, n__varchar FROM s ORDER BY id")).toEqual([
      [1, null, "one"],
      [2, 2, null],
      [3, null, "3"],
    ]);
    await load(
      filepath,
      [stream({ id, n: id }, ["id"]), [{ id: 3, n: 33 }], [{ id: 4, n: exactNumber("9223372036854775808") }], [{ id: 5, n: 5 }]],
      policy,
    );
    expect(
      (await read(filepath, "SELECT id::INT, coalesce(n::VARCHAR, n__varchar, n__hugeint::VARCHAR) FROM s ORDER BY id")).slice(2),
    ).toEqual([
      [3, "33"],
      [4, "9223372036854775808"],
      [5, "5"],
    ]);
  });
});

test("changes are reported by stream, property and type", async () => {
  const filepath = file();
  const reported: TableChange[] = [];
  const telling = (properties: Record<string, JsonSchema>): TargetStream => ({
    ...stream(properties, ["id"]),
    changed: (change) => void reported.push(change),
  });
  await load(filepath, [
    telling({ id, n: id }),
    [{ id: 1, n: 1 }],
    telling({ id, n: id, "": text }),
    [{ id: 2, n: exactNumber("9223372036854775808") }],
  ]);
  expect(reported).toMatchObject([
    { kind: "column_renamed", column: "", to: expect.stringMatching(/^unnamed_/) },
    { kind: "column_added", column: "", to: "VARCHAR" },
    { kind: "column_widened", column: "n", from: "BIGINT", to: "HUGEINT" },
  ]);
});

test.each([
  ["as it is", "VARCHAR", text],
  ["wider", "INTEGER", text],
  ["wider by its digits", "DECIMAL(5, 2)", number],
])("a column of a table with a key that only the second SCHEMA of a load has, %s", async (_, type, schema) => {
  const filepath = file();
  await read(filepath, `CREATE TABLE s (id BIGINT PRIMARY KEY, v ${type})`, "INSERT INTO s VALUES (1, '5'), (2, '7')");
  const counts = await load(filepath, [stream({ id }, ["id"]), [{ id: 2 }], stream({ id, v: schema }, ["id"]), [{ id: 3, v: null }]]);
  expect(counts).toEqual([{ inserted: 1, updated: 1, superseded: 0 }]);
  expect(await read(filepath, "SELECT id::INT, v::FLOAT::INT FROM s ORDER BY id")).toEqual([
    [1, 5],
    [2, 7],
    [3, null],
  ]);
});

function numberOf(value: unknown): string {
  return typeof value === "object" ? (value as { rawJSON: string }).rawJSON : String(value);
}

function trimmed(text: string): string {
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}
