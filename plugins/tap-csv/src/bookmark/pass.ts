/**
 * One run over the files of a stream: which files to read and from where, and when to make a checkpoint. The stream's state is
 * `{files: {NAME: mark}, version?, is_active?}`. With a replication key it is the usual Singer state, plus `reading` during a run:
 * the files that this run has read and the largest value it has seen.
 */
import { activate, type Checkpoint, type Chunk, checkpoint, Lines, type ReadContext, rowVersion, type StreamState } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { type InputFile, nameOf, type Source } from "../source/source.ts";
import { type FileMark, type FilePosition, readMarks, writeMarks } from "./file-mark.ts";
import { checkUnchanged, type FileStat, statInput } from "./file-stat.ts";
import { resumeSource, type TrackedSource, trackSource } from "./tracked-source.ts";
import { interruptedRun, type Watermark } from "./watermark.ts";

/** How many marks of missing files to keep, so that a file that was away for a while is not read twice. */
const maxMissingMarks = 1000;

export interface PassOptions {
  stream: string;
  inputs: readonly InputFile[];
  context: Pick<ReadContext, "state" | "replicationMethod" | "replicationKey" | "startValue" | "log" | "signal" | "isStateDue">;
  detectDeletes: boolean;
  /** Set when the stream has a replication key. */
  watermark?: Watermark | undefined;
  /** Whether a file that can't be opened for this reason is left out. Default: the error is thrown. */
  isLeft?: (input: InputFile, error: unknown) => boolean;
}

/** What `Pass.read` passes to open a file: wrap the source in `follow`, which starts it at `from` (undefined: at the start). */
export interface Opening {
  input: InputFile;
  from: FilePosition | undefined;
  follow: (source: Source) => Promise<Source>;
}

/** An opened file. */
export interface Opened extends AsyncDisposable {
  /** After the last row that was read. */
  readonly position: FilePosition;
  /** Differs where the same text is read into different rows. */
  readonly readAs: string;
}

interface OpenFile {
  name: string;
  input: InputFile;
  stat: FileStat | undefined;
  /** Compared with later stats of the file to find changes. */
  baseline: FileStat | undefined;
  source: TrackedSource | undefined;
  readAs: string;
}

export class Pass {
  readonly #options: PassOptions;
  readonly #marks: Map<string, FileMark>;
  #version: number | undefined;
  /** No file changed since the active version. */
  #isIdle = false;
  /** The text of the files is unchanged, but their size or time differs. */
  #isTouched = false;
  #file: OpenFile | undefined;

  /** @throws file_bookmark_unusable, detect_deletes_unusable */
  constructor(options: PassOptions) {
    const { stream, context, detectDeletes, watermark } = options;
    this.#options = options;
    if (detectDeletes && watermark !== undefined) {
      throw errors.detect_deletes_unusable({ problem: "with a replication_key only new rows are read, never all of them" }, { stream });
    }
    const files = watermark === undefined ? context.state.files : interruptedRun(context)?.files;
    this.#marks = readMarks(this.#keepsMarks ? files : undefined, { stream });
  }

  /** Yields what `read` yields for each file to read, with checkpoints after files and the messages that a version needs. */
  async *read<T extends Opened>(open: (opening: Opening) => Promise<T>, read: (table: T) => AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    const { inputs, watermark, context } = this.#options;
    if (this.#options.detectDeletes) await this.#chooseVersion(open);
    if (this.#isIdle) {
      if (this.#isTouched) yield this.#lastCheckpoint();
      return;
    }
    if (this.#version !== undefined) yield rowVersion(this.#version);
    if (watermark !== undefined) yield new Lines(new Uint8Array(0), 0, watermark.maximum);
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i] as InputFile;
      const table = await this.#enter(input, open).catch((error: unknown) => {
        if (this.#options.isLeft?.(input, error) === true) return "unchanged" as const;
        throw error;
      });
      if (table === "unchanged") continue;
      if (table === "changed") {
        this.#startOver();
        yield rowVersion(this.#version);
        i = -1;
        continue;
      }
      await using _ = table;
      try {
        yield* read(table);
      } catch (error) {
        await this.#checkUnchanged();
        throw error;
      }
      if (context.signal.aborted) return;
      await this.#leave(table.position);
      if (this.isDue) yield this.#checkpoint();
    }
    if (this.#version !== undefined) yield activate(this.#version);
    // With a replication key, the SDK writes the final bookmark.
    if (this.#keepsMarks && watermark === undefined) yield this.#lastCheckpoint();
  }

  /** Whether enough was sent since the last checkpoint. Ask between two rows. */
  get isDue(): boolean {
    return this.#keepsMarks && this.#options.context.isStateDue();
  }

  /** Makes a checkpoint inside the open file. All rows before the position must have been yielded. @throws file_changed */
  async checkpoint(position: FilePosition): Promise<Checkpoint> {
    await this.#checkUnchanged();
    this.#mark(position, false);
    return this.#checkpoint();
  }

  get #keepsMarks(): boolean {
    return this.#options.context.replicationMethod !== "FULL_TABLE";
  }

  /** Continues the version of a killed run if its files are unchanged; starts a new version if a file changed. */
  async #chooseVersion<T extends Opened>(open: (opening: Opening) => Promise<T>): Promise<void> {
    const { inputs, context } = this.#options;
    const { version, is_active: isActive } = context.state;
    const names = new Set(inputs.map(nameOf));
    let areSame = this.#keepsMarks && typeof version === "number" && [...this.#marks.keys()].every((name) => names.has(name));
    for (const input of inputs) areSame = (await this.#isUnchanged(input, open, isActive !== true)) && areSame;
    if (!areSame) return this.#startOver();
    this.#version = version as number;
    this.#isIdle = isActive === true;
  }

  /** Compares size and time, and the content when these differ. @throws detect_deletes_unusable */
  async #isUnchanged<T extends Opened>(input: InputFile, open: (opening: Opening) => Promise<T>, mayBeNew: boolean): Promise<boolean> {
    const name = nameOf(input);
    const position = { stream: this.#options.stream, file: name };
    const stat = await statInput(input, position);
    if (stat === undefined) throw errors.detect_deletes_unusable({ problem: "a pipe can be read only once" }, position);
    const mark = this.#marks.get(name);
    // An empty file has no mark: nothing was read from it.
    if (mark === undefined) return mayBeNew || (stat.size === 0 && this.#options.isLeft !== undefined);
    if (isSame(mark, stat)) return true;
    this.#file = { name, input, stat, baseline: stat, source: undefined, readAs: "" };
    const table = await this.#open(input, mark, open);
    const hasMore = this.#file.source?.hasMore === true;
    this.#file = undefined;
    if (table === undefined) return false;
    await table[Symbol.asyncDispose]();
    if (!mark.isDone) return true;
    if (hasMore) return false;
    if (mark.mtime !== stat.mtime || mark.size !== stat.size) this.#isTouched = true;
    this.#marks.set(name, { ...mark, size: stat.size, mtime: stat.mtime });
    return true;
  }

  #startOver(): void {
    const last = this.#version ?? this.#options.context.state.version;
    this.#version = Math.max(Date.now(), typeof last === "number" ? last + 1 : 0);
    this.#marks.clear();
  }

  /** Opens a file; "changed" when it can't be resumed and `detect_deletes` requires reading all files again as one version. */
  async #enter<T extends Opened>(input: InputFile, open: (opening: Opening) => Promise<T>): Promise<T | "unchanged" | "changed"> {
    const { stream, context, detectDeletes } = this.#options;
    const name = nameOf(input);
    const position = { stream, file: name };
    const stat = await statInput(input, position);
    const mark = stat === undefined ? undefined : this.#marks.get(name);
    if (mark?.isDone && stat !== undefined && isSame(mark, stat)) return "unchanged";
    this.#file = { name, input, stat, baseline: stat, source: undefined, readAs: "" };
    if (mark !== undefined) {
      const table = await this.#open(input, mark, open);
      if (table !== undefined) return table;
      if (detectDeletes) return "changed";
      context.log("info", `${name} changed, or its dialect or header did, since the last run: reading it again from the start`);
      this.#marks.delete(name);
    }
    return (await this.#open(input, undefined, open)) as T;
  }

  async #open<T extends Opened>(
    input: InputFile,
    mark: FileMark | undefined,
    open: (opening: Opening) => Promise<T>,
  ): Promise<T | undefined> {
    const file = this.#file as OpenFile;
    const follow = async (source: Source): Promise<Source> => {
      if (!this.#keepsMarks || file.stat === undefined) return source;
      file.source = mark === undefined ? trackSource(source) : await resumeSource(source, mark);
      if (file.source === undefined) throw textChanged;
      return file.source;
    };
    try {
      const table = await open({ input, from: mark && { offset: mark.offset, line: mark.line }, follow });
      const now = file.stat && (await statInput(input, {}).catch(() => undefined));
      if (now !== undefined && now.inode !== file.stat?.inode) file.baseline = now;
      file.readAs = table.readAs;
      if (mark === undefined || mark.readAs === table.readAs) return table;
      await table[Symbol.asyncDispose]();
      return undefined;
    } catch (error) {
      if (error === textChanged) return undefined;
      await this.#checkUnchanged();
      throw error;
    }
  }

  async #leave(position: FilePosition): Promise<void> {
    await this.#checkUnchanged();
    this.#mark(position, true);
    this.#file = undefined;
  }

  #mark({ offset, line }: FilePosition, isDone: boolean): void {
    const { name, stat, source, readAs } = this.#file as OpenFile;
    if (stat === undefined || source === undefined) return;
    this.#marks.set(name, { size: stat.size, mtime: stat.mtime, offset, line, ...source.checksum(), readAs, isDone });
  }

  #checkpoint(): Checkpoint {
    const { context, watermark } = this.#options;
    const files = writeMarks(this.#marks);
    if (watermark === undefined) return checkpoint({ files, ...this.#versionState(false) });
    const { replicationKey, startValue } = context;
    const start: StreamState = startValue === null ? {} : { replication_key_value: startValue };
    return checkpoint({ replication_key: replicationKey as string, ...start, reading: { files, maximum: watermark.maximum } });
  }

  #lastCheckpoint(): Checkpoint {
    this.#forgetMissing();
    return checkpoint({ files: writeMarks(this.#marks), ...this.#versionState(true) });
  }

  #versionState(isActive: boolean): StreamState {
    return this.#version === undefined ? {} : { version: this.#version, is_active: isActive };
  }

  /** Drops the oldest ones first. */
  #forgetMissing(): void {
    const names = new Set(this.#options.inputs.map(nameOf));
    const missing = [...this.#marks].filter(([name]) => !names.has(name));
    missing.sort(([, a], [, b]) => ((a.mtime ?? "") < (b.mtime ?? "") ? 1 : -1));
    for (const [name] of missing.slice(maxMissingMarks)) this.#marks.delete(name);
  }

  async #checkUnchanged(): Promise<void> {
    const { stream } = this.#options;
    const { input, baseline, name } = this.#file as OpenFile;
    if (baseline !== undefined) await checkUnchanged(input, baseline, { stream, file: name });
  }
}

const isSame = ({ size, mtime }: FileMark, found: FileStat): boolean => mtime !== null && size === found.size && mtime === found.mtime;

/** Thrown through the caller's `open` and caught here; never leaves this file. */
const textChanged = new Error("the text of the file changed");
