/** A stream whose SCHEMA arrived: its outputs, and how its records are written for them. */
import { type MapCount, type Records, TaplineError, withPosition } from "@tapline/protocol";
import { GrowingBytes } from "../lines/growing-bytes.ts";
import { RecordLine } from "../lines/record-line.ts";
import { Shapes } from "../lines/shape.ts";
import { deletedAt, type Output } from "./output.ts";
import { RecordWriter } from "./record-writer.ts";
import { Row } from "./row.ts";

interface Writing {
  output: Output;
  writer: RecordWriter;
  count: MapCount;
  bytes: GrowingBytes;
  runs: { firstLine: number; count: number; from: number; to: number }[];
}

/** A record that an expression failed on. */
export interface FailedRecord {
  /** The mapped stream that lacks it. */
  stream: string;
  /** With the position of the record. */
  error: TaplineError;
  /** JSON text as the tap sent it. */
  record: string;
}

const newline = 0x0a;

export interface PlanOptions {
  countOf(output: Output): MapCount;
  /** Gets records on which an expression fails; they count as passed. Not given: the failure is thrown. */
  onFailed?: ((failed: FailedRecord) => void) | undefined;
}

export class StreamPlan {
  readonly #writings: readonly Writing[];
  readonly #line = new RecordLine();
  readonly #row = new Row(this.#line);
  readonly #shapes: Shapes;
  readonly #deletedAt: number;
  readonly #onFailed: ((failed: FailedRecord) => void) | undefined;

  /** `slots`: the names that expressions of all outputs read. */
  constructor(
    outputs: readonly Output[],
    { slots, keys, countOf, onFailed }: PlanOptions & { slots: readonly string[]; keys: readonly string[] },
  ) {
    this.#onFailed = onFailed;
    const all = [...new Set([...slots, deletedAt])];
    this.#shapes = new Shapes(all);
    this.#deletedAt = all.indexOf(deletedAt);
    this.#writings = outputs.map((output) => ({
      output,
      writer: new RecordWriter(output, all, keys),
      count: countOf(output),
      bytes: new GrowingBytes(),
      runs: [],
    }));
  }

  /**
   * The records as they go on; what was yielded before must not be used any more.
   * @throws map_failed and map_type (without `onFailed`), map_unchanged, with the record's position; protocol errors of a line that is no JSON
   */
  *map(records: Records): Generator<Records> {
    const { bytes, firstLine } = records;
    for (const writing of this.#writings) {
      writing.bytes.clear();
      writing.runs = [];
    }
    let number = firstLine;
    for (let start = 0; start < bytes.length; number++) {
      const end = bytes.indexOf(newline, start);
      this.#mapLine(bytes, start, end < 0 ? bytes.length : end, number, records);
      start = end < 0 ? bytes.length : end + 1;
    }
    for (const { output, bytes: out, runs } of this.#writings) {
      for (const { firstLine: line, count, from, to } of runs)
        yield { ...records, stream: output.name, bytes: out.buffer.subarray(from, to), count, firstLine: line };
    }
  }

  #mapLine(bytes: Buffer, start: number, end: number, number: number, records: Records): void {
    const line = this.#line;
    line.read(bytes, start, end, number);
    this.#row.begin(this.#shapes.of(line));
    const isDelete = this.#row.has(this.#deletedAt) && this.#row.value(this.#deletedAt) !== null;
    for (const writing of this.#writings) {
      const { count, bytes: out, runs, writer } = writing;
      count.received++;
      const from = out.length;
      let isPassed: boolean;
      try {
        isPassed = writer.write(this.#row, out, isDelete);
      } catch (thrown) {
        const error = atRecord(thrown, number, records);
        if (this.#onFailed === undefined || !(error instanceof TaplineError) || error.recovery !== "skip") throw error;
        out.length = from;
        count.passed++;
        this.#onFailed({ stream: writing.output.name, error, record: bytes.toString("utf8", line.recordStart, line.recordEnd) });
        continue;
      }
      if (!isPassed) {
        out.length = from;
        count.filtered++;
        continue;
      }
      count.passed++;
      const last = runs.at(-1);
      if (last !== undefined && last.firstLine + last.count === number) {
        last.count++;
        last.to = out.length;
      } else runs.push({ firstLine: number, count: 1, from, to: out.length });
    }
  }
}

function atRecord(error: unknown, line: number, { stream, source }: Records): unknown {
  return error instanceof TaplineError ? withPosition(error, { stream, line, ...(source !== undefined && { file: source.file }) }) : error;
}
