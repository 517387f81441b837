/** Bytes of whole RECORD lines of one stream, on their way to a writer. */
import type { Records } from "@tapline/protocol";

/** A run of lines and when it was received (RFC 3339). */
export interface Arrived extends Records {
  receivedAt: string;
}

/** Lines of one stream, in the order they arrived. Joining two batches copies no bytes. */
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
