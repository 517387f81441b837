/**
 * Decodes the bytes of a Singer stream, in any chunking, without I/O. RECORD lines stay bytes: the decoder yields runs of them as
 * `Records`, which are parsed when rows are needed. All other messages are parsed at once.
 */
import { isUtf8 } from "node:buffer";
import { firstBadByte, firstBadLine } from "./bad-utf8.ts";
import { checkMessage, type OtherMessage, requireObject, requireText } from "./check-message.ts";
import { protocolErrors } from "./errors.ts";
import { parseLine, parseRefusedRecord } from "./parse-line.ts";
import { parseOrdered } from "./property-order.ts";
import { type RecordPrefix, recordPrefix, startsWith } from "./record-prefix.ts";

/** Consecutive RECORD lines of one stream, each with its "\n". `firstLine` is a line number, from 1: of the input, or of the source. */
export interface Records {
  type: "RECORDS";
  stream: string;
  bytes: Buffer;
  count: number;
  firstLine: number;
  /** Set for rows of a BATCH: the same object for all rows of a file that was read. */
  source?: { readonly file: string };
}

export type Decoded = Records | OtherMessage;

const defaultMaxLineBytes = 128 * 1024 * 1024;
const newline = 0x0a;
const quote = 0x22;

export class Decoder {
  readonly #maxLineBytes: number;
  #carry: Buffer[] = [];
  #carried = 0;
  #line = 0;
  #known = new Set<string>();
  /** The bytes that all RECORD lines of this tap start with, up to the stream's name; learned from the last RECORD that was parsed. */
  #lead: Buffer | undefined;
  /** What the RECORD lines of a stream start with, up to the record's "{"; by the stream's name as the tap spells it. */
  #prefixes = new Map<string, RecordPrefix>();
  #stream = "";
  #prefix: Buffer | undefined;
  #lastMessage: Buffer = Buffer.alloc(0);

  constructor(options: { maxLineBytes?: number } = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? defaultMaxLineBytes;
  }

  /** How many line ends were read so far. */
  get line(): number {
    return this.#line;
  }

  /** The line of the message that was yielded last, byte for byte and without its "\n". Not for records, which are bytes anyway. */
  get messageLine(): Buffer {
    return this.#lastMessage;
  }

  /**
   * Takes a piece of the stream and yields what it completes. The records' bytes may be parts of the piece, which the caller can use again
   * when it has used them.
   * @throws protocol errors with a line number
   */
  *push(chunk: Uint8Array): Generator<Decoded> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const last = bytes.lastIndexOf(newline);
    if (last < 0) return this.#keep(bytes);
    let from = 0;
    if (this.#carried > 0) {
      from = bytes.indexOf(newline) + 1;
      this.#keep(bytes.subarray(0, from));
      yield* this.#region(this.#takeCarried());
    }
    if (from <= last) yield* this.#region(bytes.subarray(from, last + 1));
    this.#keep(bytes.subarray(last + 1));
  }

  /** Call it at the end of the input. A last line without "\n" is used if it is valid JSON. @throws cut_line */
  *end(): Generator<Decoded> {
    if (this.#carried === 0) return;
    const bytes = this.#takeCarried();
    try {
      parse(bytes, 0, bytes.length, this.#line + 1);
    } catch (cause) {
      throw protocolErrors.cut_line({ bytes: bytes.length }, { line: this.#line + 1 }, cause);
    }
    yield* this.#region(Buffer.concat([bytes, Buffer.of(newline)]));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#carry.push(Buffer.from(bytes));
    this.#carried += bytes.length;
    if (this.#carried > this.#maxLineBytes) {
      throw protocolErrors.line_too_long({ bytes: this.#carried, limit: this.#maxLineBytes }, { line: this.#line + 1 });
    }
  }

  #takeCarried(): Buffer {
    const bytes = this.#carry.length === 1 ? (this.#carry[0] as Buffer) : Buffer.concat(this.#carry, this.#carried);
    this.#carry = [];
    this.#carried = 0;
    return bytes;
  }

  /** Whole lines. Those before a line of invalid UTF-8 are still yielded, so that a STATE there takes effect. */
  *#region(bytes: Buffer): Generator<Decoded> {
    if (isUtf8(bytes)) return yield* this.#lines(bytes);
    const bad = firstBadLine(bytes);
    yield* this.#lines(bytes.subarray(0, bad));
    throw protocolErrors.invalid_utf8({}, { line: this.#line + 1, offset: firstBadByte(bytes.subarray(bad)) + 1 });
  }

  *#lines(bytes: Buffer): Generator<Decoded> {
    let runStart = 0;
    let runCount = 0;
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(newline, at);
      if (this.#prefix !== undefined && startsWith(bytes, at, this.#prefix)) {
        runCount++;
        this.#line++;
        at = end + 1;
        continue;
      }
      if (runCount > 0) yield this.#records(bytes.subarray(runStart, at), runCount);
      this.#line++;
      const message = this.#message(bytes, at, end);
      if (message === "record") {
        runStart = at;
        runCount = 1;
        at = end + 1;
        continue;
      }
      if (message !== undefined) {
        this.#lastMessage = bytes.subarray(at, end);
        yield message;
      }
      at = end + 1;
      runStart = at;
      runCount = 0;
    }
    if (runCount > 0) yield this.#records(bytes.subarray(runStart), runCount);
  }

  #records(bytes: Buffer, count: number): Records {
    return { type: "RECORDS", stream: this.#stream, bytes, count, firstLine: this.#line - count + 1 };
  }

  /** Reads a line that does not start like the current stream's RECORDs. "record": it is a RECORD, and its stream is the current one now. */
  #message(bytes: Buffer, start: number, end: number): OtherMessage | "record" | undefined {
    const line = this.#line;
    if (isBlank(bytes, start, end)) return undefined;
    const known = this.#knownPrefix(bytes, start);
    if (known !== undefined) return this.#enter(known.stream, known.bytes);
    let fields = requireObject(parse(bytes, start, end, line), line);
    if (fields.type === "RECORD") {
      const stream = requireText(fields, "stream", line);
      if (!this.#known.has(stream)) throw protocolErrors.record_before_schema({ stream }, { line, stream });
      requireObject(fields.record, line, "a RECORD has no record object");
      const prefix = recordPrefix(bytes, start, end, stream);
      if (prefix !== undefined) {
        this.#lead = prefix.bytes.subarray(0, prefix.lead);
        this.#prefixes.set(prefix.name, prefix);
      }
      return this.#enter(stream, prefix?.bytes);
    }
    if (fields.type === "SCHEMA") fields = inOrder(fields, bytes.toString("utf8", start, end), line);
    const message = checkMessage(fields, line);
    if (message.type === "SCHEMA") this.#known.add(message.stream);
    return message;
  }

  #enter(stream: string, prefix: Buffer | undefined): "record" {
    this.#stream = stream;
    this.#prefix = prefix;
    return "record";
  }

  #knownPrefix(bytes: Buffer, at: number): RecordPrefix | undefined {
    if (this.#lead === undefined || !startsWith(bytes, at, this.#lead)) return undefined;
    const from = at + this.#lead.length;
    const known = this.#prefixes.get(bytes.toString("latin1", from, bytes.indexOf(quote, from)));
    return known !== undefined && startsWith(bytes, at, known.bytes) ? known : undefined;
  }
}

/** As parseLine, but a RECORD with a value that can't be stored still counts as a RECORD; it is refused when its rows are read. */
function parse(bytes: Buffer, start: number, end: number, line: number): unknown {
  try {
    return parseLine(bytes, start, end, line);
  } catch (error) {
    return parseRefusedRecord(bytes, start, end, error);
  }
}

/** Keeps the order of the SCHEMA's properties, which is the order of the table's columns. */
function inOrder(fields: Record<string, unknown>, text: string, line: number): Record<string, unknown> {
  return parseOrdered(text, (marked) =>
    marked === text ? fields : parseLine(Buffer.from(marked), 0, Buffer.byteLength(marked), line),
  ) as Record<string, unknown>;
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) > 0x20) return false;
  return true;
}
