import { isCells, type RowBatch } from "@tapline/sdk";
import { recordBatch } from "@tapline/testing/record-batch";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Lane } from "../buffers/lane.ts";
import { RowColumns } from "../buffers/row-columns.ts";
import type { ColumnType } from "../types/column-type.ts";

/** The columns' bytes, and what was refused. */
function columnsOf(batch: RowBatch, form: "rows" | "chunks", type: ColumnType) {
  const lanes: Lane[] = [];
  const columns = [
    { name: "id", columnName: "id", type: { kind: "bigint" as const } },
    { name: "v", columnName: "v", type },
    { name: "missing", columnName: "missing", type },
  ];
  const stream = { stream: "s", columns, requiredKeys: ["id"] };
  const rows = new RowColumns(
    stream,
    ({ kind }) => kind,
    (index) => (lanes[index] ??= new Lane()),
  );
  const refused: unknown[] = [];
  let cells = 0;
  for (const chunk of form === "rows" ? batch.rows() : (batch.chunks?.() ?? [])) {
    cells += isCells(chunk) ? chunk.count : 0;
    rows.add(chunk, (row, { code, position }) => void refused.push([row, code, position]));
  }
  const bytes = rows.buffers.map(({ data, validity, rows, nulls }) => [
    data.used().toString("hex"),
    validity.used().toString("hex"),
    rows,
    nulls,
  ]);
  return { result: { bytes, refused }, cells, rises: rows.areKeysAscending };
}

const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,12})?(e-?\d{1,2})?$/);
const date = fc.stringMatching(/^(0\d{3}|1[5-9]\d\d|20\d\d|9999)-[01]\d-[0-3]\d$/);
const instant = fc
  .tuple(date, fc.stringMatching(/^[T ][0-2]\d:[0-6]\d(:[0-6]\d(\.\d{0,7})?)?(Z|\+\d\d:\d\d)?$/))
  .map(([day, time]) => day + time);
const text = fc.oneof(
  fc.constantFrom("", "a", "ab", "abcd", "AQID", "\u0000"),
  fc.string({ unit: "grapheme", maxLength: 130 }),
  date,
  instant,
  digits,
);
const value = fc.oneof(
  digits,
  text.map((each) => JSON.stringify(each)),
  text.map((each) => `"${each.replace(/./gsu, (unit) => [...unit].map((one) => escaped(one)).join(""))}"`),
  fc.constantFrom("null", "true", "false", "[1.0]", '{"a":[]}', "32767", "-32769", "2147483647", "-2147483649", "99.99", "100", "-0"),
);
const escaped = (unit: string): string =>
  unit
    .split("")
    .map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

const quoted = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> => texts.map((each) => JSON.stringify(each));
const whole = (most: number) => fc.oneof(fc.integer({ min: -most, max: most }).map(String), fc.constantFrom("0", "-0", "1e2", "7.0"));
const fraction = (most: number, scale: number) =>
  fc.tuple(fc.integer({ min: -most, max: most }), fc.nat({ max: scale })).map(([all, digits]) => (all / 10 ** digits).toFixed(digits));
const validDay = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T00:00:00Z"), noInvalidDate: true })
  .map((each) => each.toISOString());
const validInstant = fc
  .tuple(validDay, fc.constantFrom("Z", "+02:00", "", "z"), fc.nat({ max: 6 }), fc.constantFrom("T", " ", "t"))
  .map(
    ([each, zone, digits, separator]) =>
      `${each.slice(0, 10)}${separator}${each.slice(11, 19)}${digits === 0 ? "" : `.${"123456".slice(0, digits)}`}${zone}`,
  );

/** In some lists each value is there twice in a row. */
const rowsOf = (values: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.array(fc.tuple(fc.nat({ max: 1000 }), values), { minLength: 1, maxLength: 40 }), fc.boolean())
    .map(([all, isRepeated]) => (isRepeated ? all.flatMap((each) => [each, each]) : all));

/** Each with values that it takes. */
const types: [ColumnType, fc.Arbitrary<string>][] = [
  [{ kind: "boolean" }, fc.constantFrom("true", "false")],
  [{ kind: "smallint" }, whole(32_767)],
  [{ kind: "integer" }, whole(2_147_483_647)],
  [{ kind: "bigint" }, fc.oneof(whole(Number.MAX_SAFE_INTEGER), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String))],
  [{ kind: "hugeint" }, fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map(String)],
  [{ kind: "real" }, whole(1000)],
  [
    { kind: "double" },
    fc.oneof(
      fraction(2 ** 31, 9),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => JSON.stringify(each)),
    ),
  ],
  [{ kind: "decimal", precision: 4, scale: 2 }, fraction(9999, 2).filter((each) => Math.abs(Number(each)) < 100)],
  [{ kind: "decimal", precision: 18, scale: 0 }, whole(Number.MAX_SAFE_INTEGER)],
  [{ kind: "decimal", precision: 38, scale: 9 }, fc.oneof(fraction(2 ** 31, 9), fc.constantFrom('"1.5"', "12345678901234567890.5"))],
  [{ kind: "decimal", precision: 38, scale: 30 }, fraction(1_000_000, 6)],
  [{ kind: "date" }, quoted(validDay.map((each) => each.slice(0, 10)))],
  [{ kind: "time" }, quoted(validDay.map((each) => each.slice(11, 23)))],
  [{ kind: "timestamp", fractionDigits: 3 }, quoted(validInstant.filter((each) => !each.includes(".1234")))],
  [{ kind: "timestamptz" }, quoted(validInstant)],
  [{ kind: "varchar" }, value],
  [{ kind: "varchar", length: 3 }, quoted(fc.string({ unit: "grapheme-composite", maxLength: 3 }).filter((each) => [...each].length <= 3))],
  [{ kind: "varchar", labels: ["a", "ab"] }, fc.constantFrom('"a"', '"ab"', '"\\u0061"')],
  [{ kind: "json" }, value],
  [
    { kind: "json", mostDigits: 20 },
    fc.oneof(
      value,
      digits.map((each) => `{"a":[${each}]}`),
    ),
  ],
  [{ kind: "uuid" }, quoted(fc.uuid())],
  [{ kind: "binary" }, quoted(fc.base64String())],
];

test.each(types)("cells of %j are the bytes that values are, and are refused as values are", async (type, fitting) => {
  let cells = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(rowsOf(fitting), rowsOf(fitting), rowsOf(fc.oneof({ arbitrary: fitting, weight: 20 }, value))),
      fc.boolean(),
      async (all, isSorted) => {
        if (isSorted) all.sort(([a], [b]) => a - b);
        const batch = await recordBatch(['{"id":0,"v":null}', ...all.map(([id, v]) => `{"id":${id},"v":${v}}`)]);
        const found = columnsOf(batch, "chunks", type);
        expect(found.result).toEqual(columnsOf(batch, "rows", type).result);
        // Rows that are refused may count, so that it is not always noticed.
        if (found.rises && found.result.refused.length === 0) expect(all.every(([id], at) => id > (all[at - 1]?.[0] ?? 0))).toBe(true);
        cells += found.cells;
      },
    ),
    { numRuns: 60 },
  );
  expect(cells).toBeGreaterThan(200);
});
