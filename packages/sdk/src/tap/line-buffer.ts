/** Collects a stream's RECORD lines until there are enough for a write. */
import { type Row, recordEncoder, UnencodableValue } from "@tapline/protocol";
import { errors } from "../errors.ts";

/** Writes of less than 64 KiB make a tap three to six times slower. */
const fullAt = 128 * 1024;

export class LineBuffer {
  readonly head: Uint8Array;
  readonly #stream: string;
  #text = "";
  #count = 0;
  #tail = "";
  #tailBytes: Uint8Array = new Uint8Array();
  #tailAt = 0;
  #version: number | undefined;

  constructor(stream: string) {
    this.#stream = stream;
    this.head = Buffer.from(this.#headText());
  }

  /** The end of a record's line: the time of extraction, to the millisecond of the last piece of rows, and the rows' version. */
  readonly tail = (): Uint8Array => {
    this.#refreshTail();
    return this.#tailBytes;
  };

  get version(): number | undefined {
    return this.#version;
  }

  /** The table version of the rows from now on. */
  set version(version: number | undefined) {
    this.#version = version;
    this.#tailAt = 0;
  }

  get count(): number {
    return this.#count;
  }

  /** An estimate until `take`: exact for ASCII. */
  get byteLength(): number {
    return Buffer.byteLength(this.#text);
  }

  get isFull(): boolean {
    return this.#text.length >= fullAt;
  }

  /** `unchanged` of the returned function: names that the line carries beside the record. @throws value_unencodable from the returned function */
  encoder(columns: readonly string[]): (row: Row, unchanged?: readonly string[]) => void {
    const encode = recordEncoder(columns);
    const head = this.#headText();
    return (row, unchanged = []) => {
      if (this.#count === 0 || this.#tailAt === 0) this.#refreshTail();
      try {
        const more = unchanged.length === 0 ? "" : `,"unchanged":${JSON.stringify(unchanged)}`;
        this.#text += head + encode(row) + more + this.#tail;
      } catch (error) {
        if (!(error instanceof UnencodableValue)) throw error;
        throw errors.value_unencodable({ what: error.message }, { stream: this.#stream, column: error.column }, error);
      }
      this.#count++;
    };
  }

  take(): Uint8Array {
    const bytes = Buffer.from(this.#text);
    this.#text = "";
    this.#count = 0;
    return bytes;
  }

  #headText(): string {
    return `{"type":"RECORD","stream":${JSON.stringify(this.#stream)},"record":`;
  }

  #refreshTail(): void {
    const now = Date.now();
    if (now === this.#tailAt) return;
    this.#tailAt = now;
    const version = this.#version === undefined ? "" : `,"version":${this.#version}`;
    this.#tail = `,"time_extracted":"${new Date(now).toISOString()}"${version}}\n`;
    this.#tailBytes = Buffer.from(this.#tail);
  }
}
