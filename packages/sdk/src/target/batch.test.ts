import { Decoder, type JsonSchema, type Row, TaplineError } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import { rowReader } from "./batch.ts";
import { isCells } from "./cells/chunk.ts";
import { LineBatch } from "./line-batch.ts";
import { Rejects } from "./rejects.ts";

const start = '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":[]}\n';
const wireSchema = { properties: { id: { type: "integer" } } };
const receivedAt = "2026-01-02T03:04:05.000Z";

function record(id: number, width = 0): string {
  return `{"type":"RECORD","stream":"s","record":{"id":${id}${width === 0 ? "" : `,"x":"${"x".repeat(width)}"`}}}\n`;
}

/** The chunks that a writer gets of these lines when stdin arrives in pieces of `size` bytes. */
function chunksOf(lines: string, size: number, rejects?: Rejects, checked?: JsonSchema) {
  return [...batchOf(lines, size, rejects, checked).rows()];
}

function batchOf(lines: string, size: number, rejects = new Rejects({ on_error: "fail" }), checked: JsonSchema = wireSchema) {
  const bytes = Buffer.from(start + lines);
  const decoder = new Decoder();
  const batch = new LineBatch("s");
  for (let at = 0; at < bytes.length; at += size) {
    for (const decoded of decoder.push(bytes.subarray(at, at + size)))
      if (decoded.type === "RECORDS") batch.add({ ...decoded, receivedAt });
  }
  const stream = { name: "s", schema: wireSchema, keys: [], loadMethod: "append-only" } as const;
  const read = rowReader(stream, checked, {
    validate: true,
    flattening: undefined,
    clock: undefined,
    rejects,
    definition: "{}",
    takesPartialRecords: true,
    onReject: () => {},
  });
  return read(batch);
}

describe("chunks of rows", () => {
  const lines = Array.from({ length: 5000 }, (_, id) => record(id)).join("");

  test.each([1, 7, 100, 64 * 1024, 1 << 30])("have a thousand rows and more when stdin arrives in pieces of %i bytes", (size) => {
    const chunks = chunksOf(lines, size);
    expect(chunks.flatMap(({ rows }) => rows.map(({ id }: Row) => id))).toEqual(Array.from({ length: 5000 }, (_, id) => id));
    expect(chunks.flatMap((chunk) => chunk.lines)).toEqual(Array.from({ length: 5000 }, (_, id) => id + 2));
    for (const { rows } of chunks.slice(0, -1)) expect(rows.length).toBeGreaterThanOrEqual(1000);
    for (const { rows } of chunks) expect(rows.length).toBeLessThanOrEqual(4000);
  });

  test("are bounded by bytes where rows are wide", () => {
    const chunks = chunksOf(Array.from({ length: 300 }, (_, id) => record(id, 50_000)).join(""), 64 * 1024);
    expect(chunks.flatMap(({ rows }) => rows)).toHaveLength(300);
    for (const { rows } of chunks) expect(rows.length).toBeLessThanOrEqual(5);
  });

  test("are without rejected rows, and none is empty", () => {
    const rejects = new Rejects({ on_error: "reject" });
    const odd = '{"type":"RECORD","stream":"s","record":{"id":"x"}}\n';
    const chunks = chunksOf(record(1) + odd + record(2) + odd, 1, rejects);
    expect(chunks).toMatchObject([{ rows: [{ id: 1 }, { id: 2 }], lines: [2, 4] }]);
    expect(rejects.total).toBe(2);
    expect(chunksOf(odd, 64, rejects)).toEqual([]);
  });
});

test("a row that the target rejected is left out where the batch is read again, of rows and of cells", () => {
  const rejects = new Rejects({ on_error: "reject" });
  const batch = batchOf(Array.from({ length: 100 }, (_, id) => record(id)).join(""), 1 << 20, rejects);
  const [chunk] = batch.rows();
  const position = { line: 52 };
  batch.reject(
    chunk?.rows[50] as Row,
    new TaplineError({ code: "odd", message: "it is odd", hint: "", class: "data", recovery: "skip", position }),
  );
  const kept = Array.from({ length: 100 }, (_, id) => id).filter((id) => id !== 50);
  for (const chunks of [[...batch.rows()], [...(batch.chunks?.() ?? [])].map((each) => (isCells(each) ? each.toRows() : each))]) {
    expect(chunks.flatMap(({ rows }) => rows.map(({ id }) => id))).toEqual(kept);
    expect(chunks.flatMap(({ lines }) => lines)).toEqual(kept.map((id) => id + 2));
  }
  expect([rejects.total, batch.count - batch.rejected]).toEqual([1, 99]);
});

test.each(["rows", "chunks"] as const)("a line of a batch that is no JSON is reported with its stream, read as %s", (form) => {
  const batch = batchOf(`${record(1)}${record(2)}{"type":"RECORD","stream":"s","record":{"id":+1}}\n`, 1 << 20);
  let failure: unknown;
  try {
    for (const _ of batch[form]?.() ?? []);
  } catch (error) {
    failure = error;
  }
  expect(failure).toMatchObject({ code: "invalid_json", position: { stream: "s", line: 4 } });
});

test.each<[string, JsonSchema, boolean]>([
  ["a property", { type: ["null", "string"], format: "date-time" }, true],
  ["a branch", { anyOf: [{ type: "string", format: "date" }, { type: "null" }] }, true],
  ["plain text", { type: "string" }, false],
])("a number where %s is declared: whether the hint names epoch_times", (_, id, isNamed) => {
  let refusal: TaplineError | undefined;
  try {
    chunksOf(record(1_767_323_045), 64, undefined, { properties: { id } });
  } catch (error) {
    refusal = error as TaplineError;
  }
  expect(refusal?.code).toBe("record_invalid");
  expect(refusal?.hint.includes("epoch_times")).toBe(isNamed);
});
