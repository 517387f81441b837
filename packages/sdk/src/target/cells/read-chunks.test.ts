import { type Decoded, Decoder, type JsonSchema, type Row, type TaplineError } from "@tapline/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { linesOfCells, rowsOfCells } from "../../../test/cell-rows.ts";
import { rowReader } from "../batch.ts";
import type { RowBatch } from "../define.ts";
import { LineBatch } from "../line-batch.ts";
import { metadataClock, withMetadataColumns } from "../metadata.ts";
import { Rejects } from "../rejects.ts";
import { isCells } from "./chunk.ts";

const receivedAt = "2026-01-02T03:04:05.000Z";

interface Read {
  rows: Row[];
  lines: number[];
  /** How many of the rows were cells. */
  cells: number;
  rejected: [string, unknown][];
  /** The load fails then, so rows before it do not count. */
  error?: string;
}

/** What a writer gets of these lines when stdin arrives in pieces of `size` bytes. */
function read(lines: string, schema: JsonSchema, size: number, form: "rows" | "chunks", validate = true): Read {
  const start = `${JSON.stringify({ type: "SCHEMA", stream: "s", schema, key_properties: [] })}\n`;
  const bytes = Buffer.from(start + lines);
  const decoder = new Decoder();
  const batch = new LineBatch("s");
  const result: Read = { rows: [], lines: [], cells: 0, rejected: [] };
  const add = (decoded: Iterable<Decoded>, at: number): void => {
    for (const each of decoded) if (each.type === "RECORDS") batch.add({ ...each, receivedAt: `${receivedAt}${at}` });
  };
  try {
    for (let at = 0; at < bytes.length; at += size) add(decoder.push(Buffer.from(bytes.subarray(at, at + size))), at);
    add(decoder.end(), bytes.length);
  } catch {
    // Of lines that are no messages the decoder may notice some.
  }
  const stream = { name: "s", schema: withMetadataColumns(schema), keys: [], loadMethod: "append-only" } as const;
  const rejects = new Rejects({ on_error: "reject" });
  const options = {
    validate,
    flattening: undefined,
    takesPartialRecords: true,
    clock: metadataClock(1000),
    rejects,
    definition: "{}",
    onReject: () => {},
  };
  try {
    take(rowReader(stream, schema, options)(batch), form, Object.keys(stream.schema.properties ?? {}), result);
  } catch (error) {
    Object.assign(result, { error: String((error as TaplineError).code ?? error), rows: [], lines: [] });
  }
  result.rejected = [...rejects.take().values()].flatMap((all) => all.map(({ id: _, ...each }): [string, unknown] => [each.code, each]));
  return result;
}

function take(batch: RowBatch, form: "rows" | "chunks", names: readonly string[], result: Read): void {
  for (const chunk of form === "rows" ? batch.rows() : (batch.chunks?.() ?? [])) {
    if (!isCells(chunk)) {
      result.rows.push(...chunk.rows);
      result.lines.push(...chunk.lines);
      continue;
    }
    result.cells += chunk.count;
    result.lines.push(...linesOfCells(chunk));
    const rows = rowsOfCells(chunk, names);
    result.rows.push(...rows);
    expect(chunk.toRows()).toMatchObject({ lines: linesOfCells(chunk) });
    expect(chunk.toRows().rows).toEqual(rows);
  }
}

const properties: Record<string, JsonSchema> = {
  id: { type: ["null", "integer"] },
  name: { type: ["null", "string"] },
  price: { type: ["null", "number"], multipleOf: 0.01 },
  bound: { type: "number", minimum: 0, exclusiveMaximum: 100 },
  code: { type: "string", minLength: 1, maxLength: 3 },
  kind: { enum: ["a", "b", 1, null] },
  at: { anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] },
  one: { oneOf: [{ type: "integer" }, { type: "number", minimum: 5 }] },
  any: {},
  list: { type: ["array", "null"], items: { type: "integer" } },
  constructor: { type: "string" },
  "": { type: "boolean" },
  'q"\\é': { type: ["string", "boolean"] },
};

const texts = fc.oneof(
  fc.constantFrom("", "a", "b", "abc", "abcd", "😀", "é", "2024-01-02T03:04:05Z", '"', "\\", "\n", "\u0000", "\u007f", "null", "1"),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 4 }),
);
/** A text as JSON, with escapes where none are needed. */
const spelledText = fc.tuple(texts, fc.constantFrom("as it is", "ascii", "slashes")).map(([text, how]) => {
  const json = JSON.stringify(text);
  if (how === "slashes") return json.replaceAll("/", "\\/");
  if (how === "as it is") return json;
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
});
const number = fc.oneof(
  fc.constantFrom("0", "-0", "-0.0", "1", "-1", "1.0", "0.10", "1.23", "-12.345", "1e3", "1E-7", "1e400", "99.99", "100"),
  fc.constantFrom("123456789012345", "1234567890123456", "9007199254740993", "0.1234567890123456789", "NaN", "-Infinity"),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.integer().map(String),
);
const nested = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.constantFrom("[1, 2]", '{"a": 1.0}', "[]", "{}", '["]"]', '{"a\\u0000":1}', '["\\ud800"]', "[1e400]"),
  fc.constantFrom("[".repeat(99) + "]".repeat(99), "[".repeat(600) + "]".repeat(600)),
);
const surrogates = fc.constantFrom('"\\ud83d\\ude00"', '"\\udc00"', '"\\ud800\\n"');
/** No JSON. */
const broken = fc.constantFrom("01", "-", "1.", ".5", "+1", "1e", "[1,]", "{", "]", "tru", "nul", "falsy", '"\\x"', '"\t"', '"', "");
const literal = fc.constantFrom("null", "true", "false");
const value = fc.oneof(
  { arbitrary: fc.oneof(spelledText, number, literal, nested, surrogates), weight: 200 },
  { arbitrary: broken, weight: 3 },
);

const usual: Record<string, fc.Arbitrary<string>> = {
  id: fc.integer().map(String),
  name: spelledText,
  price: fc.integer({ min: 0, max: 100_000 }).map((cents) => (cents / 100).toFixed(2)),
  bound: fc.integer({ min: 0, max: 99 }).map(String),
  code: fc.constantFrom('"a"', '"abc"'),
  at: fc.constantFrom('"2024-01-02T03:04:05Z"', "null"),
  list: fc.constantFrom("[1,2]", "null"),
  "": literal,
};

const usualLine =
  '{"type":"RECORD","stream":"s","record":{"id":1,"name":"n","price":1.50,"bound":1,"code":"a","at":null,"list":null,"":true}}\n';

/** A record as JSON text. Most have usual values under the same names in the same order. */
const record = fc
  .tuple(
    fc.record(usual),
    fc.option(fc.tuple(fc.constantFrom(...Object.keys(properties), "more", "_sdc_deleted_at", "__proto__"), value), {
      nil: undefined,
      freq: 3,
    }),
    fc.oneof(
      { arbitrary: fc.constant("all"), weight: 8 },
      fc.constantFrom("some", "turned"),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    ),
    fc.oneof({ arbitrary: fc.constant(""), weight: 8 }, fc.constant(" ")),
  )
  .map(([fields, odd, which, space]) => {
    let entries = Object.entries(fields);
    if (which === "some") entries = entries.slice(0, 3);
    if (which === "turned") entries.reverse();
    if (typeof which !== "string") entries = entries.filter((_, index) => which[index]);
    if (odd !== undefined && entries.some(([name]) => name === odd[0]))
      entries = entries.map(([name, text]) => [name, name === odd[0] ? odd[1] : text]);
    else if (odd !== undefined) entries.push(odd);
    return `{${entries.map(([name, text]) => `${space}${JSON.stringify(name)}:${space}${text}`).join(",")}${space}}`;
  });

const line = fc
  .tuple(
    record,
    fc.oneof(
      { arbitrary: fc.constant(""), weight: 10 },
      fc.constantFrom(
        ',"time_extracted":"2026-01-01T00:00:00Z"',
        ',"version":7',
        ',"version":null,"time_extracted":null',
        ',"x":1',
        ',"unchanged":["name"]',
        ',"record":{}',
      ),
    ),
  )
  .map(([text, rest]) => `{"type":"RECORD","stream":"s","record":${text}${rest}}\n`);

/** Usual lines among others: without enough of them the search for cells is given up. */
const lines = fc
  .array(fc.tuple(line, fc.nat({ max: 30 })), { minLength: 1, maxLength: 12 })
  .map((blocks) => blocks.map(([each, usual]) => usualLine.repeat(usual) + each).join(""));

test("lines are the same rows as cells and as objects, in any chunking, with the same rejects", () => {
  let [cells, errors] = [0, 0];
  fc.assert(
    fc.property(lines, fc.constantFrom(1, 7, 100, 1000, 1 << 20), fc.boolean(), (all, size, validate) => {
      const expected = read(all, { properties, required: ["id"] }, size, "rows", validate);
      const found = read(all, { properties, required: ["id"] }, size, "chunks", validate);
      cells += found.cells;
      expect({ ...found, cells: 0 }).toEqual(expected);
      errors += expected.error === undefined ? 0 : 1;
    }),
    { numRuns: 300 },
  );
  expect(cells).toBeGreaterThan(1000);
  expect(errors).toBeGreaterThan(10);
});

describe("rows of lines of one shape", () => {
  const schema: JsonSchema = { properties: { id: { type: "integer" }, name: { type: ["null", "string"] } } };
  const lineOf = (id: number, rest = ""): string => `{"type":"RECORD","stream":"s","record":{"id":${id},"name":"n${id}"}${rest}}\n`;
  const many = Array.from({ length: 10_000 }, (_, id) => lineOf(id));

  test.each([1, 64, 1 << 16, 1 << 30])("are cells, but the first one, in pieces of %i bytes", (size) => {
    const { rows, cells } = read(many.join(""), schema, size, "chunks");
    expect(rows).toHaveLength(10_000);
    expect(cells).toBe(9999);
  });

  test("stay cells around lines of another kind", () => {
    const odd = many.flatMap((each, id) => (id % 100 === 0 ? [each, lineOf(id, ',"x":1')] : [each]));
    const { rows, cells } = read(odd.join(""), schema, 1 << 16, "chunks");
    expect(rows).toHaveLength(10_100);
    expect(cells).toBeGreaterThan(9800);
  });

  test("are cells again where fields are left out and where the order changes", () => {
    const shapes = [(id: number) => `{"id":${id}}`, (id: number) => `{"name":"x","id":${id}}`, (id: number) => `{ "id" : ${id} }`];
    const all = many.map((_, id) => `{"type":"RECORD","stream":"s","record":${shapes[id % 3]?.(id)}}\n`);
    const { rows, cells } = read(all.join(""), schema, 1 << 16, "chunks");
    expect(rows.map(({ id }) => id)).toEqual(many.map((_, id) => id));
    expect(cells).toBeGreaterThan(9900);
  });

  test.each([
    ["", ""],
    [" ", ',"time_extracted":"2026-01-01T00:00:00Z"'],
  ])("that leave out any of many fields are cells once that is known (%j, %j)", (space, rest) => {
    const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
    const schema: JsonSchema = { properties: Object.fromEntries(["id", ...names].map((name) => [name, {}])), required: ["id"] };
    const lineOf = (id: number): string => {
      const fields = names.filter((_, index) => Math.imul(id + 1, 2_654_435_761) & (1 << (index + 8)));
      const entries = fields.map((name): [string, unknown] => [name, name === "f3" ? `"${id}"` : id]);
      // One line in a thousand lacks the required field, and one has it twice.
      if (id % 1000 !== 500) entries.splice(fields.filter((name) => Number(name.slice(1)) <= 2).length, 0, ["id", id]);
      if (id % 1000 === 999) entries.push(["id", id]);
      const record = entries.map(([name, value]) => `"${name}":${space}${value}`).join(`,${space}`);
      return `{"type":"RECORD","stream":"s","record":{${record}}${rest}}\n`;
    };
    const all = Array.from({ length: 8000 }, (_, id) => lineOf(id)).join("");
    const found = read(all, schema, 1 << 16, "chunks");
    expect({ ...found, cells: 0 }).toEqual(read(all, schema, 1 << 16, "rows"));
    expect(found.rejected).toHaveLength(8);
    expect(found.cells).toBeGreaterThan(7000);
  });

  test("of ever new shapes are rows, and the search for cells is given up for longer and longer", () => {
    const schema: JsonSchema = { properties: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, {}])) };
    const all = Array.from({ length: 5000 }, (_, i) => `{"type":"RECORD","stream":"s","record":{"f${i}":1}}\n`);
    expect(read(all.join(""), schema, 1 << 16, "chunks").rows).toHaveLength(5000);
  });
});

describe("the last bytes of the input", () => {
  const digits = "98765432109876543";
  const numbers = Array.from(digits, (_, index) => digits.slice(0, index + 1));
  const texts = ["", ...numbers].map((text) => JSON.stringify(text));
  const literals = ["null", "true", "false", "[]", "{}", "[1]", "-1", "0.5", "1e3", '"\\n"', '"\\u00e9"'];
  /** The value is the last one of its line. */
  const lineOf = (value: string, place: string): string => {
    if (place === "record") return `{"type":"RECORD","stream":"s","record":{"id":1,"v":${value}}}`;
    return `{"type":"RECORD","stream":"s","record":{"id":1,"v":null},"${place}":${value}}`;
  };
  const schema: JsonSchema = { properties: { id: { type: "integer" }, v: {} } };
  /** Both a run of two lines, and a line that is a run. */
  const sizes = [64, 1 << 20];

  test.each(["record", "version", "time_extracted"])("a %s that is the last value may have any length", (place) => {
    let cells = 0;
    for (const value of [...numbers, ...texts, ...literals]) {
      for (const end of ["\n", "", "\r\n"]) {
        const line = lineOf(value, place);
        const all = `${line}${end === "" ? "\n" : end}${line}${end}`;
        for (const size of sizes) {
          const found = read(all, schema, size, "chunks");
          expect(found.rows).toHaveLength(2);
          expect({ ...found, cells: 0 }).toEqual(read(all, schema, size, "rows"));
          cells += found.cells;
        }
      }
    }
    expect(cells).toBeGreaterThan(90);
  });

  test("may be missing: the last line is refused as it is by a parser, wherever it is cut", () => {
    for (const value of ["123", '"text"', '"\\u00e9\\\\"', "true", "false", "null", '["\\\\\\""]', '{"a":[1,"\\u00e9"]}']) {
      for (const place of ["record", "version", "time_extracted"]) {
        const line = lineOf(value, place);
        for (let length = line.length - 1; length > '{"type":"RECORD","stream":"s","record":{'.length; length--) {
          const all = `${line}\n${line}\n${line.slice(0, length)}\n`;
          expect({ ...read(all, schema, 1 << 20, "chunks"), cells: 0 }, all).toEqual(read(all, schema, 1 << 20, "rows"));
        }
      }
    }
  });
});
