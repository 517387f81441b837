import type { ColumnType } from "@tapline/columns";
import { CopyEncoder, connectionOptions, copyRows, openSession, type Session } from "@tapline/postgres";
import type { CellChunk, RowBatch, RowChunk } from "@tapline/sdk";
import { suiteDatabase } from "@tapline/testing/postgres";
import { recordBatch } from "@tapline/testing/record-batch";
import fc from "fast-check";
import { expect, test } from "vitest";
import { settings } from "../test/rows.ts";
import { binaryReaders } from "./binary-readers.ts";
import { types } from "./dialect/types.ts";

const json = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> => value.map((each) => JSON.stringify(each));
const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,12})?(e-?\d{1,2})?$/);
const date = fc.stringMatching(/^(000\d|1[5-9]\d\d|20\d\d|9999)-[01]\d-[0-3]\d$/);
const time = fc.stringMatching(/^[0-2]\d:[0-6]\d(:[0-6]\d(\.\d{0,7})?)?$/);
const instant = fc
  .tuple(date, fc.constantFrom("T", " "), time, fc.stringMatching(/^(Z||[+-][012]\d:\d\d)$/))
  .map((parts) => parts.join(""));
const text = fc.oneof(
  fc.constantFrom(
    "",
    "\\N",
    "\\.",
    "a\tb\r\n\\",
    "AQID",
    "\u0000",
    "NaN",
    "Infinity",
    "🦆 Île",

    "24:00",
    "1 day -2:03:04.5",
    "P1Y2M3DT4H",
  ),
  fc.string({ unit: "grapheme", maxLength: 130 }),
  fc.uuid(),
  fc.base64String(),
);
const escaped = text.map((each) => {
  const units = each.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${units.join("")}"`;
});
/** JSON of all kinds: most columns refuse most of them. */
const any = fc.oneof(
  digits,
  json(digits),
  json(fc.oneof(text, date, time, instant)),
  escaped,
  json(fc.double()),
  json(fc.jsonValue()),
  fc.constantFrom(
    "null",
    "true",
    "false",
    "[1.0]",
    '{"a":[1,{"b":"\\u0041"}]}',
    "32767",
    "-32769",
    "2147483648",
    "99.99",
    "100",
    "-0",
    "0.10",
    "1e400",
    "0.0",
  ),
);
const whole = json(fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.integer({ min: -40_000, max: 40_000 })));
const decimals = fc.oneof(
  digits,
  json(digits),
  json(fc.double({ noNaN: true, noDefaultInfinity: true })),
  fc.stringMatching(/^-?\d{1,3}\.\d{1,4}$/).filter((t) => !/^-?0\d/.test(t)),
);
const instants = json(
  fc.oneof(
    instant,
    fc.date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31") }).map((d) => d.toISOString()),
  ),
);

/** Each with values that it may take. */
const columns: [string, fc.Arbitrary<string>][] = [
  ["boolean", fc.constantFrom("true", "false")],
  ["smallint", whole],
  ["integer", whole],
  ["bigint", fc.oneof(whole, fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String))],
  ["real", json(fc.float())],
  ["double precision", json(fc.double())],
  ["numeric", decimals],
  ["numeric(9,3)", decimals],
  ["numeric(38,30)", decimals],
  ["date", json(fc.oneof(date, instant))],
  ["time", json(time)],
  ["time(2)", json(time)],
  ["timestamp", instants],
  ["timestamptz", instants],
  ["timestamptz(3)", instants],
  [
    "interval",
    fc.tuple(fc.integer({ min: -99, max: 99 }), fc.nat(99), time).map(([months, days, clock]) => `"${months} mons ${days} days ${clock}"`),
  ],
  ["uuid", json(fc.uuid())],
  ["bytea", json(fc.base64String())],
  ["text", any],
  ["varchar(5)", json(text)],
  ["character(5)", json(text)],
  ["json", any],
  ["jsonb", any],
];

/** All rows into a new table, or where the server refuses some, one by one. @returns what is stored, and why others are not */
async function copied(session: Session, batch: RowBatch, sql: string, type: ColumnType, form: "cells" | "rows", isBinary: boolean) {
  await session.execute("ROLLBACK");
  await session.execute("BEGIN");
  await session.execute(`CREATE TEMPORARY TABLE t (id bigint, v ${sql})`);
  const refused: unknown[] = [];
  const stream = { stream: "s", columns: columnsOf(type), requiredKeys: [] };
  const encoder = new CopyEncoder(stream, () => sql);
  if (isBinary) encoder.chooseFormat(await binaryReaders(session, 'pg_temp."t"', "t"));
  const { name, head, tail } = encoder.format;
  expect(name).toBe(isBinary ? "binary" : "text");
  const copy = async (chunks: Iterable<RowChunk | CellChunk>): Promise<void> => {
    await session.execute("SAVEPOINT a");
    try {
      await copyRows(session, `COPY t (id, v) FROM STDIN (FORMAT ${name})`, function* (take) {
        yield head;
        for (const chunk of chunks) yield encoder.encode(chunk, (row, { code }) => void refused.push([row.id, code]), take).bytes;
        yield tail;
      });
    } catch (error) {
      await session.execute("ROLLBACK TO a");
      throw error;
    }
  };
  const chunks = (): Iterable<RowChunk | CellChunk> => (form === "rows" ? batch.rows() : (batch.chunks?.() ?? []));
  try {
    await copy(chunks());
  } catch {
    refused.length = 0;
    for (const { rows, lines } of batch.rows()) {
      for (const [at, row] of rows.entries()) {
        const one = { rows: [row], lines: [lines[at] as number] };
        await copy([one]).catch(({ code }) => void refused.push([row.id, code === "22P03" ? "22P02" : code]));
      }
    }
  }
  return { stored: (await session.execute("SELECT id, v::text FROM t ORDER BY id, ctid")).rows, refused };
}

const columnsOf = (type: ColumnType) => [
  { name: "id", columnName: "id", type: { kind: "bigint" as const } },
  { name: "v", columnName: "v", type },
];

const database = suiteDatabase();

test.each(columns)("the binary and the text format store and refuse the same, as cells and as rows: %s", async (sql, fitting) => {
  await using session = await openSession(connectionOptions(settings(database()), "test"));
  await session.execute("BEGIN");
  const type = types.typeOf(await spelled(session, sql)) as ColumnType;
  const values = fc.array(fc.oneof({ arbitrary: fitting, weight: 9 }, any), { minLength: 12, maxLength: 60 });
  let stored = 0;
  await fc.assert(
    fc.asyncProperty(values, async (all) => {
      const batch = await recordBatch(all.map((v, id) => `{"id":${id},"v":${v}}`));
      const expected = await copied(session, batch, sql, type, "rows", false);
      expect(expected.stored.length + expected.refused.length).toBe(all.length);
      for (const form of ["rows", "cells"] as const) expect(await copied(session, batch, sql, type, form, true)).toEqual(expected);
      stored += expected.stored.length;
    }),
    { numRuns: 30 },
  );
  expect(stored).toBeGreaterThan(100);
});

/** As `format_type` spells it. */
async function spelled(session: Session, sql: string): Promise<string> {
  await session.execute(`CREATE TEMPORARY TABLE t (v ${sql})`);
  const { rows } = await session.execute(
    "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum = 1",
  );
  await session.execute("DROP TABLE t");
  return String(rows[0]?.[0]);
}

test.each(["plain", "label", "inet", "money", "bigint[]"])("a table with a column of type %s gets text", async (sql) => {
  await using session = await openSession(connectionOptions(settings(database()), "test"));
  await session.execute("BEGIN");
  await session.execute("CREATE DOMAIN plain AS bigint");
  await session.execute("CREATE TYPE label AS ENUM ('a')");
  await session.execute(`CREATE TABLE t (id bigint, v ${sql})`);
  const type = types.typeOf(sql) ?? { kind: sql === "plain" ? ("bigint" as const) : ("varchar" as const) };
  const encoder = new CopyEncoder({ stream: "s", columns: columnsOf(type), requiredKeys: [] }, () => sql);
  encoder.chooseFormat(await binaryReaders(session, 'public."t"', "t"));
  expect(encoder.format.name).toBe("text");
});
