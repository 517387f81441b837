/** Rows that are loaded from the bytes of their lines: the tables are those that rows as objects make, column types and rejects included. */
import type { JsonSchema, StreamSummary } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertSame } from "../same.ts";
import { seededRandom } from "../seeded-random.ts";
import { schema } from "../target/input.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck, typesIn } from "./subject.ts";

interface Column {
  schema: JsonSchema;
  /** JSON values that most sources send. */
  usual: readonly string[];
  /** Others, each once in a while; the last ones do not fit everywhere. */
  odd: readonly string[];
}

const columns: Record<string, Column> = {
  text: {
    schema: { type: ["null", "string"] },
    usual: [
      '"a"',
      '""',
      '"Île-de-France"',
      '"a longer text, with a comma and more than ninety-six bytes, so that it is copied in one call; the end"',
    ],
    odd: [
      '"\\u00e9\\n\\t\\"\\\\\\/"',
      '"\\ud83d\\ude00 \\ud83d"',
      '"\\ud83d\\ude00"',
      '"\\\\N"',
      '"\\u0000"',
      "7",
      "null",
      '"\\u007f\\b\\f\\r"',
    ],
  },
  integer: {
    schema: { type: ["null", "integer"] },
    usual: ["0", "1", "-7", "4294967296", "999999999999999"],
    odd: ["-0", "1.0", "9007199254740993", "-9223372036854775808", "1e3", "12345678901234567890", "1.5", '"1"', "null"],
  },
  number: {
    schema: { type: ["null", "number"] },
    usual: ["0.1", "1.5", "-12.25", "100", "3.14159265358979"],
    odd: ["-0.0", "1e-7", "1E+22", "0.10", "0.1000000000000000055511151231257827", "123456789012345678", '"1.5"', "null"],
  },
  cents: {
    schema: { type: ["null", "number"], multipleOf: 0.01 },
    usual: ["0.01", "19.90", "-3", "1234567890123.45"],
    odd: ["19.900", "1e2", "12345678901234567890.12", "0.001", "null"],
  },
  decimal: {
    schema: { type: ["null", "string", "number"], format: "singer.decimal", precision: 9, scale: 3 },
    usual: ["1.5", '"1.5"', "-999999.999", "123"],
    odd: ['"1e2"', "0.0001", "1234567.5", '"x"', "null"],
  },
  day: {
    schema: { type: ["null", "string"], format: "date" },
    usual: ['"2024-02-29"', '"1970-01-01"', '"2018-12-31"'],
    odd: ['"0001-01-01"', '"9999-12-31"', '"2024-01-02T00:00:00Z"', '"2023-02-29"', '"2024-1-2"', '"20240102"', "1", "null"],
  },
  at: {
    schema: { type: ["null", "string"], format: "date-time" },
    usual: ['"2024-01-02T03:04:05Z"', '"2024-01-02T03:04:05.678Z"', '"1969-12-31T23:59:59.999999Z"'],
    odd: [
      '"2024-01-02 03:04:05+02:00"',
      '"2024-01-02"',
      '"2024-01-02T24:00:00Z"',
      '"2024-01-02T03:04:05.1234567Z"',
      '"0001-01-01T00:00:00Z"',
      '"2024-01-02T03:04:60Z"',
      '"x"',
      "null",
      '"2024-01-02T03:04:05.Z"',
    ],
  },
  time: { schema: { type: ["null", "string"], format: "time" }, usual: ['"03:04:05"'], odd: ['"24:00:00"', '"03:04"', '"x"', "null"] },
  flag: { schema: { type: ["null", "boolean"] }, usual: ["true", "false"], odd: ["null", "1", '"true"'] },
  uuid: {
    schema: { type: ["null", "string"], format: "uuid" },
    usual: ['"8c6b6a54-1c1c-4b4b-8c8c-123456789012"'],
    odd: ['"8C6B6A54-1C1C-4B4B-8C8C-123456789012"', '"x"', "null"],
  },
  binary: { schema: { type: ["null", "string"], contentEncoding: "base64" }, usual: ['"AQID"'], odd: ['"AQ=="', '"*"', "null"] },
  nested: {
    schema: { type: ["null", "object", "array"] },
    usual: ["{}", '{"a":[1,2.50,"\\u00e9"],"b":{"c":null}}', "[]"],
    odd: ['{"a":12345678901234567890}', '{"a":1,"a":2}', '["\\ud800"]', "[1e400]", "null", '{"b":1, "a" : 2}'],
  },
  mixed: { schema: { type: ["null", "string", "integer"] }, usual: ['"a"', "1"], odd: ["12345678901234567890", "null", "true"] },
};

/** So many usual values for an odd one. */
const usualFor = 150;

/** RECORD lines with ids that rise; each line is one of two spellings, and a few have other fields or lack some. */
function lines(stream: string, count: number, random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: count }, (_, id) => {
    let fields = Object.entries(columns).map(([name, { usual, odd }]) => [name, random() * usualFor < 1 ? pick(odd) : pick(usual)]);
    const turn = random();
    if (turn < 0.01) fields = fields.filter(() => random() < 0.5);
    else if (turn < 0.02) fields.reverse();
    else if (turn < 0.03) fields.push(["more", "1"]);
    const space = random() < 0.02 ? " " : "";
    const text = fields.map(([name, value]) => `,${space}"${name}":${space}${value}`).join("");
    const rest = `,"time_extracted":"2024-01-01T00:00:0${id % 10}.${id % 7}Z"${random() < 0.02 ? ',"version":3' : ""}`;
    return `{"type":"RECORD","stream":"${stream}","record":{"id":${id}${text}}${rest}}\n`;
  }).join("");
}

const properties: Record<string, JsonSchema> = {
  id: { type: "integer" },
  ...Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.schema])),
};

/** What a load leaves and reports, as texts: the table's types and rows, how many lines were rejected, changes and what was lost. */
async function loaded(session: DialectSession, stream: string, seed: number): Promise<string[]> {
  const input = schema(stream, properties, ["id"]) + lines(stream, 1500, seededRandom(seed));
  const { summaries } = await session.piped(input, { on_error: "reject", unknown_fields: "keep" });
  const rows = await session.rows(stream);
  const first = Math.min(...rows.map(({ _sdc_sequence: sequence }) => Number(sequence)));
  const texts = rows.map(({ _sdc_received_at: _, _sdc_batched_at: __, _sdc_sync_started_at: ___, _sdc_sequence: sequence, ...row }) =>
    JSON.stringify([Number(sequence) - first, byName(row)], (_key, value) => (typeof value === "bigint" ? `${value}` : value)),
  );
  const { rejected, loaded: count, changes, tolerated } = summaries.get(stream) as StreamSummary;
  const reported = [{ rejected, count }, ...(changes ?? []), ...(tolerated ?? [])].map((each) => JSON.stringify(each));
  return [JSON.stringify(byName(await typesIn(session, stream))), ...reported, ...texts];
}

/** Where a column gets a wider type by another column, it is the last one then, or the last but one. */
const byName = (fields: Record<string, unknown>) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));

export const cellChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("rows are the same whether they are loaded from the bytes of their lines or from objects", async (session) => {
    for (const seed of [1, 2, 3]) {
      const expected = await loaded(session.withObjectsAlone(), `objects_${seed}`, seed);
      assertSame(await loaded(session, `bytes_${seed}`, seed), expected, `rows with seed ${seed}`);
    }
  }),
];
