/** Bytes of whole RECORD lines of one stream, on their way to a writer. */
import type { Records } from "@tapline/protocol";

/** A run of lines and when it was received (RFC 3339). */
export interface Arrived extends Records {
  receivedAt: string;
}

/** Lines of one stream, in the order they arrived. Joining two batches copies no bytes. All are lines of one file, or of the input. */
export class LineBatch {
  readonly stream: string;
  /** For rows of a BATCH: what their line numbers count in. */
  readonly source: Arrived["source"];
  runs: Arrived[] = [];
  count = 0;
  byteLength = 0;

  constructor(stream: string, source?: Arrived["source"]) {
    this.stream = stream;
    this.source = source;
  }

  get file(): string | undefined {
    return this.source?.file;
  }

  /** Whether these lines can be among those of the batch: each line number occurs once in it. */
  takes(run: Pick<Arrived, "source">): boolean {
    return this.source === run.source;
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
