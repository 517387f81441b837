/** The files of a stream with their marks: opens one file after the other, at its start or where an earlier run stopped, and marks how far it was read. */
import { checkUnchanged, type FileStat, statFile } from "@tapline/sdk";
import { type InputFile, nameOf, type Source } from "../source/source.ts";
import type { Claims } from "./claims.ts";
import type { FileMark, FilePosition } from "./file-mark.ts";
import { resumeSource, type TrackedSource, trackSource } from "./tracked-source.ts";

/** What opens a file: wrap the source in `follow`, which starts it at `from` (undefined: at the start). */
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

export type Open<T extends Opened> = (opening: Opening) => Promise<T>;

/**
 * Why a file that was read before can't be continued: its text before the mark differs, its last row got longer, or the same text now
 * gives other rows.
 */
export type FileChange = "text" | "last row" | "reading";

export const isChange = (found: Opened | FileChange): found is FileChange => typeof found === "string";

interface OpenFile {
  name: string;
  input: InputFile;
  /** undefined for a pipe. */
  stat: FileStat | undefined;
  /** Compared with later stats of the file to find changes. */
  baseline: FileStat | undefined;
  source: TrackedSource | undefined;
  readAs: string;
  hasSource: boolean;
}

export interface MarkedFilesOptions {
  stream: string;
  /** False: every run reads everything, so no marks are kept. */
  keepsMarks: boolean;
  /** Rows have the name of their file in a column. */
  hasSource: boolean;
  claims?: Claims | undefined;
}

export class MarkedFiles {
  readonly marks: Map<string, FileMark>;
  readonly #options: MarkedFilesOptions;
  #file: OpenFile | undefined;

  constructor(marks: Map<string, FileMark>, options: MarkedFilesOptions) {
    this.marks = marks;
    this.#options = options;
  }

  /** Makes this the current file. @throws file_missing, file_forbidden, file_unreadable */
  async approach(input: InputFile): Promise<{ name: string; stat: FileStat | undefined; mark: FileMark | undefined }> {
    const name = nameOf(input);
    const stat = await statFile(input.path, { stream: this.#options.stream, file: name });
    this.#file = { name, input, stat, baseline: stat, source: undefined, readAs: "", hasSource: this.#options.hasSource };
    return { name, stat, mark: stat === undefined ? undefined : this.marks.get(name) };
  }

  /** Opens the current file where the mark is, or at its start. @throws file_changed and the errors of `open` */
  async open<T extends Opened>(mark: undefined, open: Open<T>): Promise<T>;
  async open<T extends Opened>(mark: FileMark, open: Open<T>): Promise<T | FileChange>;
  async open<T extends Opened>(mark: FileMark | undefined, open: Open<T>): Promise<T | FileChange> {
    const file = this.#file as OpenFile;
    const { input } = file;
    let change: FileChange = "text";
    const follow = async (source: Source): Promise<Source> => {
      if (!this.#options.keepsMarks || file.stat === undefined) return source;
      const found = mark === undefined ? trackSource(source) : await resumeSource(source, mark);
      if (typeof found === "string") {
        change = found;
        throw textChanged;
      }
      file.source = found;
      return found;
    };
    file.hasSource = this.#options.hasSource && mark?.hasSource !== false;
    try {
      const table = await open({ input, from: mark && { offset: mark.offset, line: mark.line }, follow });
      const now = file.stat && (await statFile(input.path, {}).catch(() => undefined));
      if (now !== undefined && now.inode !== file.stat?.inode) file.baseline = now;
      file.readAs = table.readAs;
      if (mark === undefined || mark.readAs === table.readAs) return table;
      await table[Symbol.asyncDispose]();
      return "reading";
    } catch (error) {
      if (error === textChanged) return change;
      await this.checkUnchanged();
      throw error;
    }
  }

  /** Whether there is text after the part of the current file that an earlier run read. */
  get hasMore(): boolean {
    return this.#file?.source?.hasMore === true;
  }

  /** Marks that the current file was read up to this position. */
  mark({ offset, line }: FilePosition, isDone: boolean): void {
    const { name, input, stat, source, readAs, hasSource } = this.#file as OpenFile;
    if (stat === undefined || source === undefined) return;
    const claim = this.#options.claims?.idOf(input);
    const itsClaim = claim === undefined ? {} : { claim };
    this.marks.set(name, {
      size: stat.size,
      mtime: stat.mtime,
      offset,
      line,
      ...source.checksum(),
      readAs,
      isDone,
      hasSource,
      ...itsClaim,
    });
  }

  /** @throws file_changed */
  async checkUnchanged(): Promise<void> {
    const { input, baseline, name } = this.#file as OpenFile;
    if (baseline !== undefined) await checkUnchanged(input.path, baseline, { stream: this.#options.stream, file: name });
  }

  /** Drops the oldest marks of missing files. */
  forgetMissing(inputs: readonly InputFile[]): void {
    const names = new Set(inputs.map(nameOf));
    const missing = [...this.marks].filter(([name]) => !names.has(name));
    missing.sort(([, a], [, b]) => ((a.mtime ?? "") < (b.mtime ?? "") ? 1 : -1));
    for (const [name] of missing.slice(maxMissingMarks)) this.marks.delete(name);
  }
}

/** How many marks of missing files to keep, so that a file that was away for a while is not read twice. */
const maxMissingMarks = 1000;

/** Thrown through the caller's `open` and caught here; never leaves this file. */
const textChanged = new Error("the text of the file changed");
