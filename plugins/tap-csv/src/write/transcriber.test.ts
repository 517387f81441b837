/** The fast path and the exact one write the same lines for any file, dialect, types and selection. */
import type { JsonSchema } from "@tapline/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { strict } from "../rows/policy.ts";
import { Tokenizer } from "../rows/tokenizer.ts";
import { type Dialect, defaultDialect } from "../sniff/dialect.ts";
import { columnType } from "../types/column-type.ts";
import { layOut } from "./layout.ts";
import { LineBuffer } from "./line-buffer.ts";
import { maxBytes, RecordWriter, shortRowBytes } from "./record-writer.ts";
import { Transcriber } from "./transcriber.ts";

const header = ["a", "b", "c"];

interface Outcome {
  text: string;
  /** Rows that the fast path wrote. */
  fast: number;
  end: string;
}

function run(
  content: Buffer,
  dialect: Dialect,
  schemas: readonly JsonSchema[],
  columns: readonly string[],
  isFast: boolean,
  chunk = 1 << 16,
): Outcome {
  const tokenizer = new Tokenizer(dialect, { maxRowBytes: 1 << 20, bufferBytes: 1 << 12, policy: { ...strict, nulBytes: "keep" } });
  tokenizer.expect(header);
  const file = { path: "a.csv", modifiedAt: new Date(0), header };
  const context = { columns, head: Buffer.from('{"record":'), tail: () => Buffer.from(',"time":1}\n') };
  const layout = layOut(file, context, (name) => columnType(schemas[header.indexOf(name)]));
  const lines = new LineBuffer(maxBytes(layout, shortRowBytes));
  const writer = new RecordWriter(layout, lines);
  const transcriber = isFast && Transcriber.suits(tokenizer, layout) ? new Transcriber(tokenizer, layout, lines, header.length) : undefined;
  const outcome: Outcome = { text: "", fast: 0, end: "" };
  let at = 0;
  try {
    for (let isDone = false; ; ) {
      for (;;) {
        const before = lines.count;
        while (transcriber?.run());
        outcome.fast += lines.count - before;
        if (lines.isFull) outcome.text += Buffer.from(lines.take()).toString();
        else if (!tokenizer.next()) break;
        else {
          const slot = writer.write(tokenizer);
          if (slot !== undefined) outcome.text += `unfit ${tokenizer.line} ${slot.name}\n`;
        }
      }
      if (isDone) break;
      isDone = at >= content.length;
      if (isDone) tokenizer.end();
      else {
        const room = tokenizer.room();
        const size = Math.min(chunk, room.length, content.length - at);
        room.set(content.subarray(at, at + size));
        tokenizer.filled(size);
        at += size;
      }
    }
  } catch (error) {
    const { code, position } = error as { code: string; position: { line: number } };
    outcome.end = `${code} ${position.line}`;
  }
  outcome.text += Buffer.from(lines.take()).toString();
  // The order between lines and misfits depends on when the buffer is emptied.
  outcome.text = outcome.text.split("\n").sort().join("\n");
  return outcome;
}

const schema = fc.constantFrom<JsonSchema>(
  { type: "string" },
  { type: "string" },
  { type: "string" },
  { type: "string" },
  { type: "integer" },
  { type: "number", multipleOf: 0.01 },
  { type: "number" },
  { type: "boolean" },
  { type: "string", format: "date" },
  { type: "string", format: "date-time" },
  { type: "string", format: "time" },
);
const cell = fc.oneof(
  fc.constantFrom(
    "",
    "1",
    "-12",
    "-",
    "007",
    "12345678",
    "1234567890123456789",
    "9223372036854775808",
    "1.5",
    "1.50",
    "-0.123",
    "1.",
    ".5",
  ),
  fc.constantFrom(
    "true",
    "FALSE",
    "fals",
    "truest",
    "2026-01-31",
    "2026-02-29",
    "2024-02-29",
    "2026-13-01",
    "0000-01-01",
    "2026-1-31",
    "2026-01-311",
  ),
  fc.constantFrom("2026-01-31T23:59:59Z", "2026-01-31 23:59:59Z", "2026-01-31T24:00:00Z", "2026-01-31T23:59:59.5+01:00", "12:30:00"),
  fc.string({ unit: fc.constantFrom("a", "é", "\u{1F600}", "\\", "\t", "\0", " ", "'", "\x7f"), maxLength: 12 }),
  fc.constantFrom('"a"', '""', '"a,b"', '"a ""b"" c"', '"1"', '"2026-01-31"', '"x\ny"', '"x\r\ny"', '"a"b', 'a"b', '"', "#a"),
);
const row = fc.tuple(
  fc.oneof({ weight: 9, arbitrary: fc.constant(3) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) }),
  fc.array(cell, { minLength: 4, maxLength: 4 }),
);
const dialect = fc
  .record({
    delimiter: fc.constantFrom(",", ",", ";", "\t", "||"),
    quote: fc.constantFrom('"', '"', "'", null),
    escape: fc.constantFrom(null, null, "\\"),
    doubleQuote: fc.boolean(),
    comment: fc.constantFrom(null, "#"),
  })
  .map((some): Dialect => ({ ...defaultDialect, ...some }));

test("any file", () => {
  let fast = 0;
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 12 }),
      fc.tuple(schema, schema, schema),
      fc.constantFrom(header, header, ["a", "c"], ["b"], [], ["c", "a"], ["z", "a", "b"], ["_sdc_source_lineno", "a", "c"]),
      dialect,
      fc.constantFrom("\n", "\r\n", "\r", "\n\n"),
      fc.integer({ min: 1, max: 60 }),
      (rows, schemas, columns, dialect, lineEnd, chunk) => {
        const content = Buffer.from(rows.map(([width, cells]) => cells.slice(0, width).join(dialect.delimiter) + lineEnd).join(""));
        const exact = run(content, dialect, schemas, columns, false);
        for (const size of [1 << 16, chunk]) {
          const outcome = run(content, dialect, schemas, columns, true, size);
          fast += outcome.fast;
          expect({ ...outcome, fast: 0 }).toEqual(exact);
        }
      },
    ),
    { numRuns: 3000 },
  );
  expect(fast).toBeGreaterThan(1000);
});

test("ordinary rows take the fast path, across many slices and buffers", () => {
  const content = Buffer.from('1,"say ""hi""\nthere",2026-01-31\n-5,,\n'.repeat(20_000));
  const schemas = [{ type: "integer" }, { type: "string" }, { type: "string", format: "date" }] as JsonSchema[];
  const outcome = run(content, defaultDialect, schemas, header, true);
  expect(outcome.fast).toBeGreaterThan(39_000);
  expect(outcome.text).toBe(run(content, defaultDialect, schemas, header, false).text);
});
