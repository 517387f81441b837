/** Rows on the target's side: bytes of whole lines until the target asks for rows, then decoded, checked, with metadata. */
import {
  encodeRecord,
  mayHoldExactNumbers,
  parseLine,
  parseRefusedRecord,
  protocolErrors,
  type Records,
  type Row,
  suspect,
  TaplineError,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { RowBatch, RowChunk, TargetStream } from "./define.ts";
import type { MetadataClock } from "./metadata.ts";
import { rawField } from "./raw-field.ts";
import { type Rejects, sourceOf } from "./rejects.ts";
import { type RowValidator, rowValidator } from "./validate.ts";

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
  options: { validate: boolean; clock: MetadataClock | undefined; rejects: Rejects; onReject: () => void },
): RowReader {
  const problemOf: RowValidator = options.validate ? rowValidator(wireSchema) : () => undefined;
  const { clock, rejects, onReject } = options;
  return (batch) => {
    let rejected = 0;
    const lines = new Set<number>();
    const reject = (row: Row, error: TaplineError): void => {
      const { line } = error.position;
      if (line !== undefined && lines.has(line)) return;
      rejects.add(error, { ...error.position, ...sourceOf(row), stream: stream.name }, () => recordText(batch, row, line));
      rejected++;
      onReject();
      if (line !== undefined) lines.add(line);
    };
    return {
      stream: batch.stream,
      count: batch.count,
      byteLength: batch.byteLength,
      mayReject: rejects.isAllowed,
      reject,
      get rejected() {
        return rejected;
      },
      *rows() {
        const batchedAt = batch.runs[0]?.receivedAt ?? "";
        for (const run of batch.runs) yield decodeRun(run, stream.name, { problemOf, clock, reject }, batchedAt);
      },
    };
  };
}

interface RowChecks {
  problemOf: RowValidator;
  clock: MetadataClock | undefined;
  reject: RowBatch["reject"];
}

interface RecordFields {
  type: unknown;
  stream: unknown;
  record: Row;
  time_extracted?: unknown;
  version?: unknown;
}

/** @throws protocol errors, record_invalid */
function decodeRun(run: Arrived, stream: string, { problemOf, clock, reject }: RowChecks, batchedAt: string): RowChunk {
  const suspicion = suspect(run.bytes);
  const arrival = { receivedAt: run.receivedAt, batchedAt };
  const rows: Row[] = [];
  const lines: number[] = [];
  for (let at = 0, line = run.firstLine; at < run.bytes.length; line++) {
    const end = run.bytes.indexOf(0x0a, at);
    const exact = suspicion.exact && mayHoldExactNumbers(run.bytes, at, end);
    const start = at;
    at = end + 1;
    let message: RecordFields;
    let refusal: unknown;
    try {
      message = parseLine(run.bytes, start, end, line, exact === suspicion.exact ? suspicion : { ...suspicion, exact }) as RecordFields;
    } catch (error) {
      message = parseRefusedRecord(run.bytes, start, end, error) as unknown as RecordFields;
      refusal = error;
    }
    // The run was told by the start of each line; a second "type" or "stream" further on would make it another message.
    if (message.type !== "RECORD" || message.stream !== stream || typeof message.record !== "object" || message.record === null)
      throw protocolErrors.not_a_message({ reason: "a field is there twice" }, { line });
    const row = message.record;
    if (refusal !== undefined) {
      reject(row, ofRow(refusal as TaplineError, stream));
      continue;
    }
    const problem = problemOf(row, exact);
    if (problem !== undefined) {
      const position = { stream, line, ...(problem.column === undefined ? {} : { column: problem.column }) };
      reject(row, errors.record_invalid({ problem: problem.problem, value: problem.value }, position));
      continue;
    }
    clock?.add(row, message, arrival);
    rows.push(row);
    lines.push(line);
  }
  return { rows, lines };
}

/** A fault of a line's values as one of that row alone. */
function ofRow({ code, message, hint, class: kind, position }: TaplineError, stream: string): TaplineError {
  return new TaplineError({ code, message, hint, class: kind, recovery: "skip", position: { stream, ...position } });
}

/** The record as the tap spelled it: of a row at hand, some columns may be the SDK's. */
function recordText(batch: LineBatch, row: Row, line: number | undefined): string {
  const run = batch.runs.find(({ firstLine, count }) => line !== undefined && line >= firstLine && line < firstLine + count);
  if (run === undefined || line === undefined) return encodeRecord(row);
  let at = 0;
  for (let before = run.firstLine; before < line; before++) at = run.bytes.indexOf(0x0a, at) + 1;
  return rawField(run.bytes.toString("utf8", at, run.bytes.indexOf(0x0a, at)), "record") ?? encodeRecord(row);
}
