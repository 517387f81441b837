/** Collects rows of a file as RECORD lines, so that they take the same path as rows of the pipe. Each row has the line of its source. */
import { type BatchFileFacts, type BatchMessage, isObject, type Records } from "@tapline/protocol";

/** So many bytes are a run: small enough that a load can hand over and commit between runs. */
const fullBytes = 128 << 10;

export class RecordLines {
  readonly #stream: string;
  readonly #source: { readonly file: string };
  readonly #head: Buffer;
  readonly #tail: Buffer;
  readonly #lineOf: (row: number, line: number) => number;
  #parts: Buffer[] = [];
  #byteLength = 0;
  #count = 0;
  #firstLine = 0;
  /** Rows of the file so far. */
  rows = 0;

  /** `path`: named in errors where the message does not say where the rows are from. */
  constructor({ stream, time_extracted: time, version }: BatchMessage, path: string, facts: BatchFileFacts) {
    this.#stream = stream;
    this.#source = { file: facts.source?.file ?? path };
    this.#head = Buffer.from(`{"type":"RECORD","stream":${JSON.stringify(stream)},"record":`);
    const more = [
      time === undefined ? "" : `,"time_extracted":${JSON.stringify(time)}`,
      Number.isInteger(version) ? `,"version":${version}` : "",
    ];
    this.#tail = Buffer.from(`${more.join("")}}\n`);
    this.#lineOf = linesOf(facts);
  }

  /** What stands before and after the object of a row in its line. */
  get ends(): { head: Buffer; tail: () => Buffer } {
    return { head: this.#head, tail: () => this.#tail };
  }

  /** Whole lines of rows that follow one another in the file. Mix them with `add` in no file. */
  run(lines: Uint8Array, count: number): Records {
    const firstLine = this.#lineOf(this.rows, this.rows + 1);
    this.rows += count;
    return { type: "RECORDS", stream: this.#stream, bytes: Buffer.from(lines), count, firstLine, source: this.#source };
  }

  /** For an error about the next row, which is on this line of the file. */
  positionAt(line: number): { stream: string; file: string; line: number } {
    return { stream: this.#stream, ...this.#source, line: this.#lineOf(this.rows, line) };
  }

  /** Adds a row: a JSON object in valid UTF-8. `line`: in the file. @returns what is to be used before the row: a run that is full or can't go on */
  add(record: Buffer, line: number): Records | undefined {
    const at = this.#lineOf(this.rows++, line);
    const isNext = this.#count > 0 && at === this.#firstLine + this.#count && this.#byteLength < fullBytes;
    const run = isNext ? undefined : this.take();
    if (this.#count === 0) this.#firstLine = at;
    this.#parts.push(this.#head, record, this.#tail);
    this.#byteLength += this.#head.length + record.length + this.#tail.length;
    this.#count++;
    return run;
  }

  take(): Records | undefined {
    if (this.#count === 0) return undefined;
    const [bytes, count] = [Buffer.concat(this.#parts, this.#byteLength), this.#count];
    [this.#parts, this.#byteLength, this.#count] = [[], 0, 0];
    return { type: "RECORDS", stream: this.#stream, bytes, count, firstLine: this.#firstLine, source: this.#source };
  }
}

/** The line of a row (from 0) in its source; without a source, its line in the file. */
export function linesOf({ source }: BatchFileFacts): (row: number, line: number) => number {
  if (!isObject(source)) return (_, line) => line;
  const { line: first, jumps = [] } = source;
  let next = 0;
  let [fromRow, fromLine] = [0, first];
  return (row) => {
    for (let jump = jumps[next]; jump !== undefined && jump[0] <= row; jump = jumps[++next]) [fromRow, fromLine] = jump;
    return fromLine + row - fromRow;
  };
}
