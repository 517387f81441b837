import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { JsonSchema, TaplineError } from "@tapline/protocol";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { memoryTarget, pieces, run, schema, settings, state } from "../../../test/memory-target.ts";
import type { Target } from "../define.ts";
import { readBatch } from "./read-batch.ts";

function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "batch-files-")));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const anyColumn: JsonSchema = { type: "object", properties: {} };

interface Given {
  format?: string;
  columns?: string[];
  delimiter?: string;
  quote?: string | null;
  schema?: JsonSchema;
  facts?: object;
  max?: number;
}

/** Reads one file with this content. @returns the records, each with its line, and the sizes of the runs */
async function read(content: string | Buffer, { format = "jsonl", schema: of = anyColumn, facts, max = 1 << 20, ...encoding }: Given = {}) {
  const inputs = folder();
  const path = join(inputs, "a.file");
  writeFileSync(path, content);
  const message = {
    ...{ type: "BATCH" as const, stream: "s", encoding: { format, ...encoding }, manifest: [pathToFileURL(path).href] },
    ...(facts && { files: [facts] }),
  };
  const found: { line: number; text: string; file: string | undefined }[] = [];
  for await (const part of readBatch(message, of, { batch_inputs: [inputs], max_line_bytes: max, validate_records: true }, () => {})) {
    if (part.type === "FILE") throw new Error("a file");
    const { bytes, count, firstLine, source } = part;
    const lines = bytes.toString().split("\n").slice(0, -1);
    expect(lines).toHaveLength(count);
    for (const [index, line] of lines.entries()) {
      const text = line.replace(/^\{"type":"RECORD","stream":"s","record":/, "").replace(/\}$/, "");
      found.push({ line: firstLine + index, text, file: source?.file });
    }
  }
  return found;
}

const textsOf = async (...given: Parameters<typeof read>) => (await read(...given)).map(({ text }) => text);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable(),
    (error: TaplineError) => error,
  );

test.each([
  ["plain", (text: string) => Buffer.from(text)],
  ["gzip", (text: string) => gzipSync(text)],
  ["gzip in two members", (text: string) => Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))])],
  ["zstd", (text: string) => zstdCompressSync(text)],
])("JSON lines, %s: blank lines are skipped and lines keep their numbers", async (_, pack) => {
  const found = await read(pack('\uFEFF{"a":1}\n\n  \n{"a":12345678901234567890.5}\r\n{"a":"é"}'));
  expect(found.map(({ line, text }) => [line, text])).toEqual([
    [1, '{"a":1}'],
    [4, '{"a":12345678901234567890.5}\r'],
    [5, '{"a":"é"}'],
  ]);
});

test("many lines are read in runs of bounded size, whatever the chunks", async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => JSON.stringify({ index, text: "x".repeat(index % 50) }));
  expect(await textsOf(lines.join("\n"))).toEqual(lines);
});

test.each([
  ["a line that is no object", '{"a":1}\n[1]\n', { code: "not_a_message", position: { line: 2 } }],
  ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), { code: "invalid_utf8", position: { line: 1 } }],
  ["a file that was cut", gzipSync('{"a":1}\n'.repeat(1000)).subarray(0, 40), { code: "batch_file_broken" }],
  ["a long line", `{"a":"${"x".repeat(300_000)}`, { code: "line_too_long" }],
])("%s is an error with its place", async (_, content, expected) => {
  expect(await failure(read(content, { max: 1000 }))).toMatchObject(expected);
});

test("another number of rows than the message says is an error", async () => {
  expect(await failure(read('{"a":1}\n', { facts: { rows: 2 } }))).toMatchObject({
    code: "batch_rows_differ",
    message: expect.stringContaining("has 1 rows, but the message says 2"),
  });
});

test("rows have the file and the lines of their source", async () => {
  const found = await read('{"a":1}\n{"a":2}\n{"a":3}\n{"a":4}\n', {
    facts: { rows: 4, source: { file: "in.csv", line: 2, jumps: [[2, 9]] } },
  });
  expect(found.map(({ file, line }) => [file, line])).toEqual([
    ["in.csv", 2],
    ["in.csv", 3],
    ["in.csv", 9],
    ["in.csv", 10],
  ]);
});

const typed: JsonSchema = {
  properties: {
    i: { type: ["null", "integer"] },
    d: { type: ["null", "number"] },
    b: { type: ["null", "boolean"] },
    t: { type: ["null", "string"] },
  },
};

test("CSV: nothing is null, two quotes are an empty text, digits stay, and what does not fit its type stays text", async () => {
  const columns = ["i", "d", "b", "t"];
  const content = '1,1.50,true,a\r\n,,,\r\n"2","123456789012345678901234567890.5",FALSE,""\n+3,1_000,t," x ""y"",\n,z"\n4,NaN,1,NULL';
  expect(await textsOf(content, { format: "csv", columns, schema: typed })).toEqual([
    '{"i":1,"d":1.50,"b":true,"t":"a"}',
    '{"i":null,"d":null,"b":null,"t":null}',
    '{"i":2,"d":123456789012345678901234567890.5,"b":false,"t":""}',
    '{"i":"+3","d":"1_000","b":"t","t":" x \\"y\\",\\n,z"}',
    '{"i":4,"d":"NaN","b":"1","t":"NULL"}',
  ]);
});

test.each([
  ["too few cells", "1,2\n1\n", /line 2: it has 1 of 2 cells/],
  ["too many cells", "1,2,3\n", /line 1: it has more cells than the 2 columns/],
  ["an open quote", '1,"2\n', /line 1: a quote is not closed/],
  ["text after a quote", '1,"2"x\n', /line 1: there is text after the quote/],
  ["invalid UTF-8", Buffer.from([0x31, 0x2c, 0xff, 0x0a]), /line 1: it is not valid UTF-8/],
])("CSV with %s is an error", async (_, content, expected) => {
  const error = await failure(read(content, { format: "csv", columns: ["a", "b"] }));
  expect(error.code).toBe("batch_file_broken");
  expect(error.message).toMatch(expected);
});

test("CSV: any text in any dialect comes back as it was", async () => {
  const cell = fc.option(fc.string({ unit: fc.constantFrom("a", '"', "'", ",", ";", "\n", "\r", " ", "é", "\\", "0") }), { nil: null });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(",", ";", "\t"),
      fc.constantFrom('"', "'"),
      async (rows, delimiter, quote) => {
        const written = (value: string | null) => (value === null ? "" : quote + value.replaceAll(quote, quote + quote) + quote);
        const content = rows.map((row) => `${row.map(written).join(delimiter)}\n`).join("");
        const found = await textsOf(content, { format: "csv", columns: ["a", "b"], delimiter, quote });
        expect(found.map((text) => JSON.parse(text))).toEqual(rows.map(([a, b]) => ({ a, b })));
      },
    ),
    { numRuns: 100 },
  );
});

test("only files in the named folders are read, by where they really are", async () => {
  const [inside, outside] = [folder(), folder()];
  writeFileSync(join(outside, "secret"), '{"a":1}\n');
  symlinkSync(join(outside, "secret"), join(inside, "link"));
  execFileSync("mkfifo", [join(inside, "fifo")]);
  const manifest = (url: string) => ({ type: "BATCH" as const, stream: "s", encoding: { format: "jsonl" }, manifest: [url] });
  const readUrl = async (url: string, inputs = [inside]) => {
    for await (const _ of readBatch(
      manifest(url),
      anyColumn,
      { batch_inputs: inputs, max_line_bytes: 1000, validate_records: true },
      () => {},
    ));
  };
  const urlOf = (path: string) => pathToFileURL(path).href;
  for (const path of [join(outside, "secret"), join(inside, "link"), `${inside}/../${outside.split("/").at(-1)}/secret`])
    expect(await failure(readUrl(urlOf(path)))).toMatchObject({ code: "batch_file_refused" });
  expect(await failure(readUrl(urlOf(join(inside, "link")), [`${outside}x`]))).toMatchObject({ code: "batch_file_refused" });
  expect(await failure(readUrl(urlOf(join(inside, "none"))))).toMatchObject({ code: "batch_file_unreadable" });
  expect(await failure(readUrl(urlOf(join(inside, "fifo"))))).toMatchObject({
    code: "batch_file_unreadable",
    message: expect.stringContaining("it is not a file"),
  });
  expect(await failure(readUrl("s3://key:password@bucket/a"))).toMatchObject({
    code: "batch_url_unsupported",
    message: expect.not.stringContaining("password"),
  });
  await readUrl(urlOf(join(outside, "secret")), [inside, outside]);
});

const batchLine = (stream: string, path: string, more: object = {}) =>
  `${JSON.stringify({ type: "BATCH", stream, encoding: { format: "jsonl", compression: "gzip" }, manifest: [pathToFileURL(path).href], ...more })}\n`;

test("a load commits rows of files with the STATE after them, and then deletes its own files", async () => {
  const [own, inputs] = [folder(), folder()];
  const file = (where: string, name: string, ids: number[]) => {
    writeFileSync(join(where, name), gzipSync(ids.map((id) => `{"id":${id}}\n`).join("")));
    return join(where, name);
  };
  const paths = [file(own, "1", [1, 2]), file(inputs, "2", [3]), file(own, "3", [4])] as const;
  const { target, durable } = memoryTarget();
  const text = schema("a") + batchLine("a", paths[0]) + batchLine("a", paths[1]) + state(1) + batchLine("a", paths[2]) + state(2);
  const { states } = await run(
    target as unknown as Target,
    settings({ batch_folder: own, batch_inputs: [inputs], batch_max_bytes: 60 }),
    pieces(text, 50),
  );
  expect(states).toEqual([2]);
  expect(durable).toEqual(["a1", "a2", "a3", "a4"]);
  const { existsSync } = await import("node:fs");
  expect(paths.map((path) => existsSync(path))).toEqual([false, true, false]);
});

test("a rejected row has the file and its line", async () => {
  const inputs = folder();
  const path = join(inputs, "a");
  writeFileSync(path, '{"id":1}\n{"id":"x"}\n{"id":3}\n{"id":"y"}\n');
  const text = schema("a") + batchLine("a", path) + batchLine("a", path) + state(1);
  const { target, durable, kept } = memoryTarget();
  await run(target as unknown as Target, settings({ batch_inputs: [inputs], on_error: "reject" }), pieces(text, 999));
  expect(durable).toEqual(["a1", "a3", "a1", "a3"]);
  expect(kept.map(({ position, record }) => [position.file, position.line, record])).toEqual([
    [path, 2, '{"id":"x"}'],
    [path, 4, '{"id":"y"}'],
    [path, 2, '{"id":"x"}'],
    [path, 4, '{"id":"y"}'],
  ]);
  const failing = memoryTarget();
  const failed = await run(failing.target as unknown as Target, settings({ batch_inputs: [inputs] }), pieces(text, 999));
  expect(failed.failure).toMatchObject({ code: "record_invalid", position: { file: path, line: 2, stream: "a" } });
});

test("a file that is not whole: the rows before the last STATE are kept, and none after it", async () => {
  const inputs = folder();
  writeFileSync(join(inputs, "a"), gzipSync('{"id":2}\n'.repeat(5000)).subarray(0, 60));
  const { target, durable } = memoryTarget();
  const text = `${schema("a")}${JSON.stringify({ type: "RECORD", stream: "a", record: { id: 1 } })}\n${state(1)}${batchLine("a", join(inputs, "a"))}${state(2)}`;
  expect((await run(target as unknown as Target, settings({ batch_inputs: [inputs] }), pieces(text, 999))).failure).toMatchObject({
    code: "batch_file_broken",
  });
  expect(durable).toEqual(["a1"]);
});
