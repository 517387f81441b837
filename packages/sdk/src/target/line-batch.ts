/** Bytes of whole RECORD lines of one stream, on their way to a writer. */
import type { Records } from "@tapline/protocol";
import { giveBackBlocks, takeBlock } from "./line-blocks.ts";

/** A run of lines and when it was received (RFC 3339). */
export interface Arrived extends Records {
  receivedAt: string;
}

/** Lines of one stream, in the order they arrived, in memory of the batch's own. All are lines of one file, or of the input. */
export class LineBatch {
  readonly stream: string;
  /** For rows of a BATCH: what their line numbers count in. */
  readonly source: Arrived["source"];
  runs: Arrived[] = [];
  count = 0;
  byteLength = 0;
  #blocks: Buffer[] = [];
  /** Bytes in use of the last block. */
  #used = 0;
  #holds = 0;
  #isReleased = false;

  constructor(stream: string, source?: Arrived["source"]) {
    this.stream = stream;
    this.source = source;
  }

  get file(): string | undefined {
    return this.source?.file;
  }

  /** Its memory may hold other lines now. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  /** Whether these lines can be among those of the batch: each line number occurs once in it. */
  takes(run: Pick<Arrived, "source">): boolean {
    return this.source === run.source;
  }

  /** Copies the run's bytes, which the caller may use again. */
  add(run: Arrived): void {
    const { length } = run.bytes;
    const block = this.#blockFor(length);
    const last = this.runs.at(-1);
    const from = this.#used;
    block.set(run.bytes, from);
    this.#used += length;
    this.count += run.count;
    this.byteLength += length;
    if (last !== undefined && from > 0 && follows(last, run)) {
      last.bytes = block.subarray(from - last.bytes.length, this.#used);
      last.count += run.count;
    } else this.runs.push({ ...run, bytes: block.subarray(from, this.#used) });
  }

  /** Takes over what the later batch holds. */
  append(later: LineBatch): void {
    if (later.runs.length === 0) return;
    for (const run of later.runs) this.runs.push(run);
    this.count += later.count;
    this.byteLength += later.byteLength;
    this.#blocks.push(...later.#blocks);
    this.#used = later.#used;
  }

  /** The lines stay until what it returns was called, by all who hold the batch; never called, they are left to the garbage collector. */
  hold(): () => void {
    this.#holds++;
    let isHeld = true;
    return () => {
      if (isHeld && --this.#holds === 0) this.#release();
      isHeld = false;
    };
  }

  #release(): void {
    this.#isReleased = true;
    this.runs = [];
    giveBackBlocks(this.#blocks);
    this.#blocks = [];
  }

  #blockFor(bytes: number): Buffer {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.length - this.#used >= bytes) return last;
    const block = takeBlock(bytes, this.byteLength * 2);
    this.#blocks.push(block);
    this.#used = 0;
    return block;
  }
}

/** The run goes on where the last one ends, so that both are one. */
function follows(last: Arrived, run: Arrived): boolean {
  return last.firstLine + last.count === run.firstLine && last.receivedAt === run.receivedAt;
}
