/**
 * One run over the files of a stream: which files to read and from where, and when to make a checkpoint. The stream's state is
 * `{files: {NAME: mark}, settings, version?, is_active?, missing?}`. With a replication key it is the usual Singer state and `settings`, plus
 * `reading` during a run: the files that this run has read and the largest value it has seen.
 */
import {
  activate,
  type ChangedFiles,
  type Checkpoint,
  type Chunk,
  checkpoint,
  checkReplace,
  formatNumber,
  Lines,
  loadFormOf,
  type ReadContext,
  type Reread,
  RowFiles,
  replaceSource,
  rereadOf,
  rowVersion,
  type StreamState,
  sourceColumn,
} from "@tapline/sdk";
import { errors } from "../errors.ts";
import { type InputFile, nameOf } from "../source/source.ts";
import { describeChanges } from "./changed-file.ts";
import type { Claims } from "./claims.ts";
import { type FilePosition, isAsMarked, readMarks, writeMarks } from "./file-mark.ts";
import { useKnownNames } from "./known-names.ts";
import { isChange, MarkedFiles, type Open, type Opened } from "./marked-files.ts";
import { SameText } from "./same-text.ts";
import { type SettingsPrint, writePrint } from "./settings-print.ts";
import { type ChangedSettings, type Settled, settleSettings } from "./settle-settings.ts";
import { Version } from "./version.ts";
import { interruptedRun, type Watermark } from "./watermark.ts";

export interface PassOptions {
  stream: string;
  inputs: readonly InputFile[];
  context: Pick<
    ReadContext,
    | "state"
    | "replicationMethod"
    | "replicationKey"
    | "startValue"
    | "keyProperties"
    | "columns"
    | "target"
    | "log"
    | "signal"
    | "isStateDue"
  >;
  detectDeletes: boolean;
  changedFiles: ChangedFiles;
  /** Read the inputs as if no earlier run had. Marks of other files stay. Default: false. */
  readAgain?: boolean;
  settings: { print: SettingsPrint; changed: ChangedSettings };
  /** Set when the stream has a replication key. */
  watermark?: Watermark | undefined;
  /** Set where the run reads claimed files only. */
  claims?: Claims | undefined;
  /** Whether a file that can't be opened for this reason is left out. Default: the error is thrown. */
  isLeft?: (input: InputFile, error: unknown) => boolean;
}

export class Pass {
  readonly #options: PassOptions;
  readonly #files: MarkedFiles;
  readonly #version: Version | undefined;
  readonly #isLeft: (input: InputFile, error: unknown) => boolean;
  /** How the current file is read again; undefined: it is new or goes on. */
  #reread: Reread | undefined;
  /** Set where rows that are sent twice are in the table twice. */
  readonly #sameText: SameText | undefined;
  /** Whether no earlier run read the current file to its end. */
  #isNew = false;

  /** @throws file_bookmark_unusable, detect_deletes_unusable, replace_unusable */
  constructor(options: PassOptions) {
    const { stream, inputs, context, detectDeletes, changedFiles, readAgain = false, watermark, claims, isLeft = () => false } = options;
    this.#options = options;
    this.#isLeft = isLeft;
    if (detectDeletes && watermark !== undefined)
      throw errors.detect_deletes_unusable({ problem: "with a replication_key only new rows are read, never all of them" }, { stream });
    const keepsMarks = this.#keepsMarks;
    if (claims !== undefined && !keepsMarks)
      throw errors.claims_unusable({ problem: "with the replication method FULL_TABLE every run reads all files again" }, { stream });
    const form = loadFormOf(context);
    if (changedFiles === "replace" && form === "append" && keepsMarks)
      checkReplace({ stream, context, unusable: whyNotReplaced(watermark !== undefined, detectDeletes) });
    const marks = watermark === undefined ? context.state.files : interruptedRun(context)?.files;
    const hasSource = context.columns.includes(sourceColumn);
    const known = readMarks(keepsMarks ? marks : undefined, { stream });
    for (const [name, mark] of known) if (claims?.knows(mark) === false) known.delete(name);
    useKnownNames(inputs, known);
    if (readAgain && watermark === undefined) for (const input of inputs) known.delete(nameOf(input));
    this.#files = new MarkedFiles(known, { stream, keepsMarks, hasSource, claims });
    // The runner recognizes the content of claimed files.
    if (form === "append" && !detectDeletes && claims === undefined)
      this.#sameText = new SameText(known, { stream, inputs, replaces: changedFiles === "replace", log: context.log });
    if (!detectDeletes) return;
    const { state, log } = context;
    // With keys, a table that is appended to is a log of versions, which is what complete exports are appended for.
    const appendsCopies = form === "append" && context.keyProperties.length === 0;
    this.#version = new Version({ stream, inputs, files: this.#files, state, keepsMarks, appendsCopies, changedFiles, log, isLeft });
  }

  /** Yields what `read` yields for each file to read, with checkpoints after files and the messages that a version needs. */
  async *read<T extends Opened>(open: Open<T>, read: (table: T) => AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    try {
      yield* this.#readAll(open, read);
    } finally {
      await this.#sameText?.end();
    }
  }

  async *#readAll<T extends Opened>(open: Open<T>, read: (table: T) => AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    const { inputs, watermark, context, stream, claims } = this.#options;
    if (this.#version !== undefined && inputs.length === 0) {
      if (claims !== undefined) return;
      context.log("warning", `stream ${stream} has no files in this run, so no row is taken for deleted. Check that its folder is mounted`);
      return;
    }
    const settled = await this.#settleSettings(open);
    await this.#version?.choose(open, settled === "reread");
    if (this.#version?.isIdle) {
      for (const input of inputs) claims?.end(input);
      if (this.#version.isTouched || settled === "adopted" || claims !== undefined) yield this.#lastCheckpoint(true);
      return;
    }
    if (this.#version !== undefined) yield rowVersion(this.#version.number);
    if (watermark !== undefined) yield new Lines(new Uint8Array(0), 0, watermark.maximum);
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i] as InputFile;
      const name = nameOf(input);
      if (claims?.isDone(input)) continue;
      const table = await this.#enter(input, open).catch((error: unknown) => {
        if (this.#isLeft(input, error)) return "left" as const;
        throw error;
      });
      if (table === "left") this.#version?.leave(name);
      if (table === "left" || table === "unchanged") {
        claims?.end(input);
        continue;
      }
      if (table === "changed") {
        this.#version?.startOver(name);
        yield rowVersion(this.#version?.number);
        i = -1;
        continue;
      }
      await using _ = table;
      if (this.#reread === "replace") yield replaceSource(sourceColumn, name);
      let count = 0;
      try {
        for await (const chunk of read(table)) {
          const rows = rowsIn(chunk);
          count += rows;
          claims?.addSent(input, rows);
          yield chunk;
        }
      } catch (error) {
        await this.#files.checkUnchanged();
        throw error;
      }
      if (context.signal.aborted) return;
      await this.#files.checkUnchanged();
      this.#files.mark(table.position, true);
      claims?.end(input);
      if (this.#reread === "append")
        context.log(
          "warning",
          `${name} was read before and has changed: ${formatNumber(count)} rows of it were sent again and are appended`,
        );
      if (this.#isNew) await this.#sameText?.add(name, this.#files.marks.get(name), count);
      const isReplaced = this.#reread === "replace";
      if (isReplaced) this.#sameText?.replace(name);
      this.#reread = undefined;
      if (isReplaced || this.isDue || (claims?.areFew && this.takesCheckpoints)) yield this.#checkpoint();
    }
    const isComplete = this.#version?.end() === true;
    if (isComplete) yield activate((this.#version as Version).number);
    if (this.#keepsMarks) yield this.#lastCheckpoint(isComplete);
  }

  /** Whether checkpoints can be made inside the open file. */
  get takesCheckpoints(): boolean {
    return this.#keepsMarks && this.#reread !== "replace";
  }

  /** Whether enough was sent since the last checkpoint. Ask between two rows. */
  get isDue(): boolean {
    return this.takesCheckpoints && this.#options.context.isStateDue();
  }

  /** Makes a checkpoint inside the open file. All rows before the position must have been yielded. @throws file_changed */
  async checkpoint(position: FilePosition): Promise<Checkpoint> {
    await this.#files.checkUnchanged();
    this.#files.mark(position, false);
    return this.#checkpoint();
  }

  get #keepsMarks(): boolean {
    return this.#options.context.replicationMethod !== "FULL_TABLE";
  }

  /** Drops the marks of files that are to be read again because settings changed. */
  async #settleSettings<T extends Opened>(open: Open<T>): Promise<Settled> {
    const { stream, inputs, context, settings, watermark, detectDeletes } = this.#options;
    // With a replication key, the reader decided it before it made the watermark.
    if (watermark !== undefined || !this.#keepsMarks) return "same";
    const now = { ...settings, stream, context, form: loadFormOf(context) };
    return settleSettings({ ...now, inputs, files: this.#files, isLeft: this.#isLeft, detectDeletes }, open);
  }

  /** Opens a file; "changed" when it can't be continued and `detect_deletes` requires reading all files again as one version. */
  async #enter<T extends Opened>(input: InputFile, open: Open<T>): Promise<T | "unchanged" | "changed"> {
    const { stream, context, changedFiles } = this.#options;
    const files = this.#files;
    const { name, stat, mark } = await files.approach(input);
    if (mark?.isDone && stat !== undefined && isAsMarked(mark, stat)) return "unchanged";
    this.#isNew = mark?.isDone !== true;
    if (mark !== undefined) {
      const found = await files.open(mark, open);
      if (!isChange(found)) return found;
      if (this.#version !== undefined) return "changed";
      this.#isNew = false;
      const changes = describeChanges(mark, stat, found);
      this.#reread = rereadOf({ stream, name, hasSource: mark.hasSource, changes }, loadFormOf(context), changedFiles);
      context.log("info", `${name} changed, or its dialect or header did, since the last run: reading it again from the start`);
      files.marks.delete(name);
      this.#options.claims?.restart(input);
    }
    return await files.open(undefined, open);
  }

  #checkpoint(): Checkpoint {
    const { context, watermark } = this.#options;
    const files = writeMarks(this.#files.marks);
    const settings = writePrint(this.#options.settings.print);
    const claims = this.#options.claims?.state(this.#version === undefined);
    if (watermark === undefined) return checkpoint({ files, settings, ...this.#version?.state(false), ...claims });
    const { replicationKey, startValue } = context;
    const start: StreamState = startValue === null ? {} : { replication_key_value: startValue };
    return checkpoint({
      replication_key: replicationKey as string,
      ...start,
      settings,
      reading: { files, maximum: watermark.maximum },
      ...claims,
    });
  }

  #lastCheckpoint(isActive: boolean): Checkpoint {
    const { context, watermark, inputs } = this.#options;
    const settings = writePrint(this.#options.settings.print);
    const claims = this.#options.claims?.state(this.#version === undefined || isActive);
    if (watermark !== undefined) {
      const value = watermark.maximum ?? context.startValue;
      const end: StreamState = value === null ? {} : { replication_key_value: value };
      return checkpoint({ replication_key: context.replicationKey as string, ...end, settings, ...claims });
    }
    this.#files.forgetMissing(inputs);
    return checkpoint({ files: writeMarks(this.#files.marks), settings, ...this.#version?.state(isActive), ...claims });
  }
}

/** How many rows of the stream it has. */
function rowsIn(chunk: Chunk): number {
  if (chunk instanceof Lines) return chunk.count;
  return chunk instanceof RowFiles ? chunk.files.reduce((sum, { rows }) => sum + rows, 0) : 0;
}

/** Why the rows of a changed file can't be replaced. */
function whyNotReplaced(hasReplicationKey: boolean, detectDeletes: boolean): string | undefined {
  if (hasReplicationKey) return "with a replication_key only the new rows of a file are sent";
  return detectDeletes ? "with detect_deletes all files are read again when one changes" : undefined;
}
