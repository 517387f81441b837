/**
 * One run's way through a stream's files: which are to be read and from where, when to make a checkpoint and what it says. The
 * state is `{files: {NAME: mark}, version?, is_active?}`; by a replication key it is Singer's, and has `reading` while a run is
 * under way: the files this run was through with and the largest value it had seen.
 */
import { activate, type Checkpoint, type Chunk, checkpoint, Lines, type ReadContext, rowVersion, type StreamState } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { type InputFile, nameOf, type Source } from "../source/source.ts";
import { type FileMark, readMarks, writeMarks } from "./file-mark.ts";
import { checkUnchanged, type FileStat, statInput } from "./file-stat.ts";
import { resumeSource, type TrackedSource, trackSource } from "./tracked-source.ts";
import { readingOf, type Watermark } from "./watermark.ts";

/** What a run reads again at most after a kill, in bytes of text. */
const checkpointBytes = 16 * 1024 * 1024;
/** Marks kept of files that are not there now, so that one that was away for a while isn't read twice. */
const mostGone = 1000;

export interface PassOptions {
  stream: string;
  inputs: readonly InputFile[];
  context: Pick<ReadContext, "state" | "replicationMethod" | "replicationKey" | "startValue" | "log" | "signal">;
  detectDeletes: boolean;
  /** Set where the stream is read by a replication key. */
  watermark?: Watermark | undefined;
  /** Bytes of text between two checkpoints. */
  checkpointBytes?: number;
}

/** A place between two rows, in the text of the file. */
export interface Place {
  offset: number;
  line: number;
}

/** How `Pass.read` has a file opened: `follow` is to be put around the source; `from` is where that begins then, the start if undefined. */
export interface Opening {
  input: InputFile;
  from: Place | undefined;
  follow: (source: Source) => Promise<Source>;
}

/** A file that was opened so. */
export interface Opened extends AsyncDisposable {
  /** Behind the rows that were read. */
  readonly place: Place;
  /** Tells apart ways of reading that make other rows of the same text. */
  readonly readAs: string;
}

interface OpenFile {
  name: string;
  input: InputFile;
  stat: FileStat | undefined;
  /** What later looks at the file are compared with. */
  baseline: FileStat | undefined;
  source: TrackedSource | undefined;
  readAs: string;
}

export class Pass {
  readonly #options: PassOptions;
  readonly #marks: Map<string, FileMark>;
  #version: number | undefined;
  /** Nothing changed under the active version. */
  #isIdle = false;
  /** Files are the same, but look different on disk. */
  #isTouched = false;
  #file: OpenFile | undefined;
  /** Bytes read up to the last checkpoint, of the open file; and of the files before it since then. */
  #markedAt = 0;
  #sinceMark = 0;

  /** @throws file_bookmark_unusable, detect_deletes_unusable */
  constructor(options: PassOptions) {
    const { stream, context, detectDeletes, watermark } = options;
    this.#options = options;
    if (detectDeletes && watermark !== undefined) {
      throw errors.detect_deletes_unusable({ problem: "rows are read by a replication key, so never all of them" }, { stream });
    }
    const files = watermark === undefined ? context.state.files : readingOf(context)?.files;
    this.#marks = readMarks(this.#keepsMarks ? files : undefined, { stream });
  }

  /** Everything that `read` gives for the files that are to be read, with checkpoints after files and what a version asks for. */
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
      const table = await this.#enter(inputs[i] as InputFile, open);
      if (table === "unchanged") continue;
      if (table === "other") {
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
      await this.#leave(table.place);
      if (this.isDue) yield this.#checkpoint();
    }
    if (this.#version !== undefined) yield activate(this.#version);
    // By a replication key the bookmark of the end is the SDK's.
    if (this.#keepsMarks && watermark === undefined) yield this.#lastCheckpoint();
  }

  /** Enough was read since the last checkpoint. Ask between two rows, when the reader wants more bytes anyway. */
  get isDue(): boolean {
    const read = this.#sinceMark + (this.#file?.source?.position ?? 0) - this.#markedAt;
    return this.#keepsMarks && read >= (this.#options.checkpointBytes ?? checkpointBytes);
  }

  /** In the file that is being read, behind rows that were all handed over. @throws file_changed */
  async checkpoint(place: Place): Promise<Checkpoint> {
    await this.#checkUnchanged();
    this.#mark(place, false);
    return this.#checkpoint();
  }

  get #keepsMarks(): boolean {
    return this.#options.context.replicationMethod !== "FULL_TABLE";
  }

  /** The version goes on if a killed run left one whose files are still the same; files that changed ask for a new one. */
  async #chooseVersion<T extends Opened>(open: (opening: Opening) => Promise<T>): Promise<void> {
    const { inputs, context } = this.#options;
    const { version, is_active: isActive } = context.state;
    const names = new Set(inputs.map(nameOf));
    let areSame = this.#keepsMarks && typeof version === "number" && [...this.#marks.keys()].every((name) => names.has(name));
    for (const input of inputs) areSame = (await this.#isAsMarked(input, open, isActive !== true)) && areSame;
    if (!areSame) return this.#startOver();
    this.#version = version as number;
    this.#isIdle = isActive === true;
  }

  /** By size and time, else by what is in it. @throws detect_deletes_unusable */
  async #isAsMarked<T extends Opened>(input: InputFile, open: (opening: Opening) => Promise<T>, mayBeNew: boolean): Promise<boolean> {
    const name = nameOf(input);
    const position = { stream: this.#options.stream, file: name };
    const stat = await statInput(input, position);
    if (stat === undefined) throw errors.detect_deletes_unusable({ problem: "a pipe can be read only once" }, position);
    const mark = this.#marks.get(name);
    if (mark === undefined) return mayBeNew;
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

  /** The opened file; "other" when it should go on where it no longer can, and all must be read under one version. */
  async #enter<T extends Opened>(input: InputFile, open: (opening: Opening) => Promise<T>): Promise<T | "unchanged" | "other"> {
    const { stream, context, detectDeletes } = this.#options;
    const name = nameOf(input);
    const position = { stream, file: name };
    const stat = await statInput(input, position);
    const mark = stat === undefined ? undefined : this.#marks.get(name);
    if (mark?.isDone && stat !== undefined && isSame(mark, stat)) return "unchanged";
    this.#file = { name, input, stat, baseline: stat, source: undefined, readAs: "" };
    this.#markedAt = mark?.offset ?? 0;
    if (mark !== undefined) {
      const table = await this.#open(input, mark, open);
      if (table !== undefined) return table;
      if (detectDeletes) return "other";
      context.log("info", `${name} is no longer the file that was read, or is read in another way now: it is read again from its start`);
      this.#marks.delete(name);
      this.#markedAt = 0;
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
      if (file.source === undefined) throw otherText;
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
      if (error === otherText) return undefined;
      await this.#checkUnchanged();
      throw error;
    }
  }

  async #leave(place: Place): Promise<void> {
    await this.#checkUnchanged();
    const read = this.#file?.source?.position ?? 0;
    this.#mark(place, true);
    this.#sinceMark += read - this.#markedAt;
    this.#markedAt = 0;
    this.#file = undefined;
  }

  #mark({ offset, line }: Place, isDone: boolean): void {
    const { name, stat, source, readAs } = this.#file as OpenFile;
    if (stat === undefined || source === undefined) return;
    this.#marks.set(name, { size: stat.size, mtime: stat.mtime, offset, line, ...source.checksum(), readAs, isDone });
  }

  #checkpoint(): Checkpoint {
    this.#sinceMark = 0;
    this.#markedAt = this.#file?.source?.position ?? 0;
    const { context, watermark } = this.#options;
    const files = writeMarks(this.#marks);
    if (watermark === undefined) return checkpoint({ files, ...this.#versionState(false) });
    const { replicationKey, startValue } = context;
    const start: StreamState = startValue === null ? {} : { replication_key_value: startValue };
    return checkpoint({ replication_key: replicationKey as string, ...start, reading: { files, maximum: watermark.maximum } });
  }

  #lastCheckpoint(): Checkpoint {
    this.#forgetGone();
    return checkpoint({ files: writeMarks(this.#marks), ...this.#versionState(true) });
  }

  #versionState(isActive: boolean): StreamState {
    return this.#version === undefined ? {} : { version: this.#version, is_active: isActive };
  }

  /** Those that were written longest ago go first. */
  #forgetGone(): void {
    const names = new Set(this.#options.inputs.map(nameOf));
    const gone = [...this.#marks].filter(([name]) => !names.has(name));
    gone.sort(([, a], [, b]) => ((a.mtime ?? "") < (b.mtime ?? "") ? 1 : -1));
    for (const [name] of gone.slice(mostGone)) this.#marks.delete(name);
  }

  async #checkUnchanged(): Promise<void> {
    const { stream } = this.#options;
    const { input, baseline, name } = this.#file as OpenFile;
    if (baseline !== undefined) await checkUnchanged(input, baseline, { stream, file: name });
  }
}

const isSame = ({ size, mtime }: FileMark, found: FileStat): boolean => mtime !== null && size === found.size && mtime === found.mtime;

/** Thrown through the reader that asked for the source; never leaves this file. */
const otherText = new Error("the file's text is another one");
