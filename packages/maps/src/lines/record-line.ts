/** One RECORD line: where its stream's name, its record and the record's fields are. Lines that begin alike are read once. */
import { parseLine, parseRefusedRecord } from "@tapline/protocol";
import { FieldScan, perField } from "./field-scan.ts";

export class RecordLine {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  /** Of the line's "\n". */
  end = 0;
  /** Of the value of `stream`, with its quotes. */
  streamStart = 0;
  streamEnd = 0;
  recordStart = 0;
  recordEnd = 0;
  /** Names in the message's `unchanged`; where its value is. */
  unchanged: readonly string[] | undefined;
  unchangedStart = 0;
  unchangedEnd = 0;
  readonly fields = new FieldScan();
  readonly #message = new FieldScan();
  /** What the last line had before its record. */
  #head: Buffer | undefined;
  #streamAt = 0;
  #streamLength = 0;

  /** @throws protocol errors with the line's number, for a line that is no JSON */
  read(bytes: Buffer, start: number, end: number, line: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.unchanged = undefined;
    if (this.#beginsAsBefore()) {
      this.recordStart = start + (this.#head as Buffer).length;
      if (this.fields.scan(bytes, this.recordStart, end)) {
        this.recordEnd = this.fields.end;
        this.streamStart = start + this.#streamAt;
        this.streamEnd = this.streamStart + this.#streamLength;
        if (end - this.recordEnd <= 2 || !this.#tailHolds('"unchanged"')) return;
      }
    }
    this.#readWhole(line);
  }

  #beginsAsBefore(): boolean {
    const head = this.#head;
    if (head === undefined || this.start + head.length > this.end) return false;
    for (let at = 0; at < head.length; at++) if (this.bytes[this.start + at] !== head[at]) return false;
    return true;
  }

  #tailHolds(text: string): boolean {
    return this.bytes.toString("latin1", this.recordEnd, this.end).includes(text);
  }

  #readWhole(line: number): void {
    const { bytes, start, end } = this;
    this.#head = undefined;
    this.recordStart = -1;
    let from = start;
    while (bytes[from] === 0x20 || bytes[from] === 0x09) from++;
    if (this.#message.scan(bytes, from, end)) this.#findParts(line);
    if (this.recordStart < 0 || !this.fields.scan(bytes, this.recordStart, end)) throw this.#unreadable(line);
    this.recordEnd = this.fields.end;
    if (this.streamStart > this.recordStart) return;
    this.#head = Buffer.from(bytes.subarray(start, this.recordStart));
    this.#streamAt = this.streamStart - start;
    this.#streamLength = this.streamEnd - this.streamStart;
  }

  #findParts(line: number): void {
    const { positions, count } = this.#message;
    for (let at = 0; at < count * perField; at += perField) {
      const [keyStart, keyEnd, from, to] = [positions[at], positions[at + 1], positions[at + 2], positions[at + 3]] as [
        number,
        number,
        number,
        number,
      ];
      const key = this.bytes.toString("latin1", keyStart + 1, keyEnd - 1);
      if (key === "stream") [this.streamStart, this.streamEnd] = [from, to];
      else if (key === "record") this.recordStart = from;
      else if (key === "unchanged") {
        [this.unchangedStart, this.unchangedEnd] = [from, to];
        const names = parseLine(this.bytes, from, to, line);
        if (Array.isArray(names) && names.length > 0) this.unchanged = names.map(String);
      }
    }
  }

  /** The error of a line that is no JSON, or whose record is no object. */
  #unreadable(line: number): Error {
    try {
      parseLine(this.bytes, this.start, this.end, line);
    } catch (error) {
      try {
        parseRefusedRecord(this.bytes, this.start, this.end, error);
      } catch (known) {
        return known as Error;
      }
    }
    return new SyntaxError("a RECORD line of an unknown form");
  }
}
