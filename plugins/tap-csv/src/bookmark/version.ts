/**
 * The version of a stream with `detect_deletes`: all its files, read as one complete export. It is activated, which deletes the rows of older
 * versions, only when each file was read. The stream's state has `version`, `is_active`, and in `missing` the files and folders
 * that are waited for.
 */
import type { ChangedFiles, Log, StreamState } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { type InputFile, nameOf } from "../source/source.ts";
import { isAsMarked } from "./file-mark.ts";
import { isChange, type MarkedFiles, type Open, type Opened } from "./marked-files.ts";
import { missingPart } from "./missing-file.ts";

export interface VersionOptions {
  stream: string;
  inputs: readonly InputFile[];
  files: MarkedFiles;
  state: StreamState;
  keepsMarks: boolean;
  /** Rows that are sent again are in the table a second time, and no key shows that they are two versions of one row. */
  appendsCopies: boolean;
  changedFiles: ChangedFiles;
  log: Log;
  isLeft: (input: InputFile, error: unknown) => boolean;
}

export class Version {
  readonly #options: VersionOptions;
  readonly #missing: Set<string>;
  /** Files of this run from which nothing was read. */
  readonly #left: string[] = [];
  #number: number | undefined;
  /** No file changed since the active version: nothing is to be read. */
  #isIdle = false;
  /** The text of the files is unchanged, but their size or time differs. */
  #isTouched = false;

  constructor(options: VersionOptions) {
    const { missing } = options.state;
    this.#options = options;
    this.#missing = new Set(Array.isArray(missing) ? missing.map(String) : []);
  }

  /** Of the rows that are sent. */
  get number(): number {
    return this.#number as number;
  }

  get isIdle(): boolean {
    return this.#isIdle;
  }

  get isTouched(): boolean {
    return this.#isTouched;
  }

  /**
   * Continues the version of a killed run if its files are unchanged; starts a new version if a file changed, or if `mustReread`.
   * @throws version_would_append, detect_deletes_unusable
   */
  async choose<T extends Opened>(open: Open<T>, mustReread: boolean): Promise<void> {
    const { inputs, state, keepsMarks, files } = this.#options;
    const { version, is_active: isActive } = state;
    const names = new Set(inputs.map(nameOf));
    const gone = [...files.marks.keys()].filter((name) => !names.has(name));
    const awaited = await this.#awaited([...gone, ...this.#missing]);
    const isKnown = (name: string): boolean => !awaited.has(name);
    let changed = keepsMarks && typeof version === "number" && !mustReread ? gone.find(isKnown) : "";
    for (const input of inputs) {
      const isSame = await this.#isUnchanged(input, open, isActive !== true);
      if (!isSame) changed ??= nameOf(input);
    }
    this.#missing.clear();
    for (const part of awaited.values()) this.#missing.add(part);
    if (changed !== undefined) return this.startOver(changed);
    this.#number = version as number;
    this.#isIdle = isActive === true;
    if (this.#isIdle) this.#warn();
  }

  /** `because`: the file that changed, was added or was deleted; "": there was no version to continue. @throws version_would_append */
  startOver(because: string): void {
    const { state, files, stream, appendsCopies, keepsMarks, changedFiles, log } = this.#options;
    const last = this.#number ?? state.version;
    if (appendsCopies && keepsMarks && typeof last === "number") {
      if (changedFiles === "fail") throw errors.version_would_append({ path: because, stream }, { stream, file: because });
      log("warning", `${because} changed, so all files are read again, and their rows are appended again (changed_files: ${changedFiles})`);
    }
    this.#number = Math.max(Date.now(), typeof last === "number" ? last + 1 : 0);
    files.marks.clear();
  }

  /** Nothing is read from this file, so the version is not complete. */
  leave(name: string): void {
    this.#left.push(name);
  }

  /** Whether the version may be activated now, at the end of the run; warns if not. */
  end(): boolean {
    this.#warn();
    return this.#isComplete;
  }

  /** For the bookmark. */
  state(isActive: boolean): StreamState {
    const missing: StreamState = this.#missing.size === 0 ? {} : { missing: [...this.#missing] };
    return { version: this.number, is_active: isActive, ...missing };
  }

  get #isComplete(): boolean {
    return this.#left.length + this.#missing.size === 0;
  }

  #warn(): void {
    if (this.#isComplete) return;
    const causes = [
      ...this.#left.map((name) => `nothing was read from ${name}`),
      ...[...this.#missing].map((part) =>
        part.endsWith("/") ? `the folder ${part} is missing or empty` : `${part} is still there, but is not read`,
      ),
    ];
    const shown = causes.slice(0, 3).join("; ") + (causes.length > 3 ? `; and ${causes.length - 3} more` : "");
    const remedy =
      this.#missing.size === 0
        ? "Export the file again, or remove it if its rows were deleted"
        : "If these files were deleted on purpose, load the stream with --full-refresh";
    this.#options.log("warning", `no row is taken for deleted in this run: ${shown}. ${remedy}`);
  }

  /** What to wait for, by the name that is missing. */
  async #awaited(names: readonly string[]): Promise<Map<string, string>> {
    const parts = new Map<string, string>();
    for (const name of names) {
      const part = await missingPart(name, this.#options.inputs);
      if (part !== undefined) parts.set(name, part);
    }
    return parts;
  }

  /** Compares size and time, and the content when these differ. @throws detect_deletes_unusable */
  async #isUnchanged<T extends Opened>(input: InputFile, open: Open<T>, mayBeNew: boolean): Promise<boolean> {
    const { files, stream, isLeft } = this.#options;
    const { name, stat, mark } = await files.approach(input);
    if (stat === undefined) throw errors.detect_deletes_unusable({ problem: "a pipe can be read only once" }, { stream, file: name });
    // An empty file has no mark: nothing was read from it.
    if (mark === undefined) return mayBeNew || stat.size === 0;
    if (isAsMarked(mark, stat)) return true;
    const table = await files.open(mark, open).catch((error: unknown) => {
      if (isLeft(input, error)) return "text" as const;
      throw error;
    });
    if (isChange(table)) return false;
    const { hasMore } = files;
    await table[Symbol.asyncDispose]();
    if (!mark.isDone) return true;
    if (hasMore) return false;
    if (mark.mtime !== stat.mtime || mark.size !== stat.size) this.#isTouched = true;
    files.marks.set(name, { ...mark, size: stat.size, mtime: stat.mtime });
    return true;
  }
}
