/** Rows on the target's side: bytes of whole lines until the target asks for rows, then decoded, checked, with metadata. */
import { parseLine, protocolErrors, type Records, type Row, suspect } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { RowBatch, RowChunk, TargetStream } from "./define.ts";
import type { MetadataClock } from "./metadata.ts";
import { type Problem, rowValidator } from "./validate.ts";

/** A run of lines and when it was received (RFC 3339). */
export interface Arrived extends Records {
  receivedAt: string;
}

/** Lines of one stream, in the order they came. Joining two is cheap: nothing is copied. */
export class LineBatch {
  readonly stream: string;
  runs: Arrived[] = [];
  count = 0;
  byteLength = 0;

  constructor(stream: string) {
    this.stream = stream;
  }

  add(run: Arrived): void {
    this.runs.push(run);
    this.count += run.count;
    this.byteLength += run.bytes.length;
  }

  append(later: LineBatch): void {
    for (const run of later.runs) this.runs.push(run);
    this.count += later.count;
    this.byteLength += later.byteLength;
  }
}

export type RowReader = (batch: LineBatch) => RowBatch;

/** Makes the function that turns a stream's lines into rows, compiled once a schema. */
export function rowReader(
  stream: TargetStream,
  wireSchema: TargetStream["schema"],
  options: { validate: boolean; clock: MetadataClock | undefined },
): RowReader {
  const problemOf = options.validate ? rowValidator(wireSchema) : () => undefined;
  return (batch) => ({
    stream: batch.stream,
    count: batch.count,
    byteLength: batch.byteLength,
    *rows() {
      const batchedAt = batch.runs[0]?.receivedAt ?? "";
      for (const run of batch.runs) yield decodeRun(run, stream.name, problemOf, options.clock, batchedAt);
    },
  });
}

/** @throws protocol errors, record_invalid */
function decodeRun(
  run: Arrived,
  stream: string,
  problemOf: (row: Row) => Problem | undefined,
  clock: MetadataClock | undefined,
  batchedAt: string,
): RowChunk {
  const suspicion = suspect(run.bytes);
  const arrival = { receivedAt: run.receivedAt, batchedAt };
  const rows: Row[] = [];
  const lines: number[] = [];
  for (let at = 0, line = run.firstLine; at < run.bytes.length; line++) {
    const end = run.bytes.indexOf(0x0a, at);
    const message = parseLine(run.bytes, at, end, line, suspicion) as {
      type: unknown;
      stream: unknown;
      record: Row;
      time_extracted?: unknown;
      version?: unknown;
    };
    at = end + 1;
    // The run was told by the start of each line; a second "type" or "stream" further on would make it another message.
    if (message.type !== "RECORD" || message.stream !== stream)
      throw protocolErrors.not_a_message({ reason: "a field is there twice" }, { line });
    const row = message.record;
    const problem = problemOf(row);
    if (problem !== undefined) {
      const position = { stream, line, ...(problem.column === undefined ? {} : { column: problem.column }) };
      throw errors.record_invalid({ problem: problem.problem, value: problem.value }, position);
    }
    clock?.add(row, message, arrival);
    rows.push(row);
    lines.push(line);
  }
  return { rows, lines };
}
