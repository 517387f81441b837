/** Reads the files of a stream into RECORD lines: the loop between the tokenizer and the writers. */
import {
  type Chunk,
  formatNumber,
  Lines,
  type Log,
  loadFormOf,
  orderedEntries,
  orderedObject,
  type ReadContext,
  schemaChange,
  TaplineError,
} from "@tapline/sdk";
import { Claims } from "./bookmark/claims.ts";
import type { Opened, Opening } from "./bookmark/marked-files.ts";
import { Pass } from "./bookmark/pass.ts";
import { printSettings } from "./bookmark/settings-print.ts";
import { startsOver } from "./bookmark/settle-settings.ts";
import { Watermark } from "./bookmark/watermark.ts";
import type { Config, FileSettings } from "./config.ts";
import { FileReport } from "./file-report.ts";
import type { FileSizes } from "./file-sizes.ts";
import { findDialect } from "./rows/file-dialect.ts";
import type { RowPolicy } from "./rows/policy.ts";
import { RejectsFile } from "./rows/rejects-file.ts";
import type { Tokenizer } from "./rows/tokenizer.ts";
import { type InputFile, nameOf } from "./source/source.ts";
import { openTable, type Table, type TableOptions } from "./table.ts";
import { ColumnTypes } from "./types/column-types.ts";
import { stringSchema } from "./types/inferred-type.ts";
import type { Typing } from "./types/type-settings.ts";
import { HandOver } from "./write/hand-over.ts";
import { TableWriter } from "./write/table-writer.ts";

export interface CsvStream {
  name: string;
  settings: FileSettings;
  config: Config;
  inputs: readonly InputFile[];
  sizes: FileSizes;
  policy: RowPolicy;
  typing: Typing;
  /** Whether columns and types come from a catalog. */
  hasCatalog: boolean;
  /** Warnings of discovery that reading would repeat. */
  reported: Set<string>;
}

/** @throws the errors of opening a file, reading a row and encoding a cell: see `errors.ts` */
export async function* readStream(stream: CsvStream, context: ReadContext): AsyncGenerator<Chunk> {
  const { name, settings, config, typing, hasCatalog } = stream;
  const key = context.replicationMethod === "INCREMENTAL" ? context.replicationKey : undefined;
  const types = new ColumnTypes(context.metadata, { typing, hasCatalog, replicationKey: key, infersAll: config.infer === "full" });
  const print = printSettings({ settings, config, keys: context.keyProperties });
  const changed = config.changed_settings;
  const now = { stream: name, context, form: loadFormOf(context), print, changed };
  const start = key !== undefined && startsOver(now) ? fromTheBeginning(context) : context;
  const watermark = key === undefined ? undefined : new Watermark(key, name, start, types.of(key, context.schema.properties?.[key]));
  const known = new Set(Object.keys(context.schema.properties ?? {}));
  await using rejects = new RejectsFile(config.rejects);
  const claims = config.claimed_files && new Claims(config.claimed_files, stream.inputs, start.state);
  const pass = new Pass({
    stream: name,
    inputs: stream.inputs,
    context: start,
    detectDeletes: settings.detect_deletes,
    changedFiles: settings.changed_files,
    readAgain: settings.read_again,
    settings: { print, changed },
    watermark,
    claims,
    isLeft: (input, error) => isEmptyAndLeft(stream, input, error, context.log),
  });
  yield* pass.read(
    (opening) => openFile(stream, opening, context, { rejects, claims }),
    async function* ({ input, table, report }) {
      yield* newColumns(table, context, known);
      const incremental = watermark && { watermark, cell: table.header.indexOf(key as string) };
      yield* readTable(name, table, context, {
        types,
        rejects,
        pass,
        incremental,
        noteRead: () => context.progress(stream.sizes.read(input, table.readShare)),
      });
      if (!context.signal.aborted) report.end(table);
      await rejects.flush();
    },
  );
  if (watermark !== undefined && now.form === "append" && watermark.repeated > 0) warnOfRepeated(watermark.repeated, start);
}

function warnOfRepeated(count: number, { replicationKey, startValue, keyProperties, log }: ReadContext): void {
  const rows = count === 1 ? "1 row was" : `${formatNumber(count)} rows were`;
  const fix = keyProperties.length === 0 ? "set keys" : "set load_method of the target to upsert";
  log(
    "warning",
    `${rows} sent whose ${replicationKey} equals the bookmark ${JSON.stringify(startValue)} or is empty. Those that an earlier run sent are in the table once more. To replace rows instead of appending them, ${fix}`,
  );
}

/** The context as it would be without a bookmark. What changes in the given one changes in this one too. */
function fromTheBeginning(context: ReadContext): ReadContext {
  return Object.create(context, { state: { value: {} }, startValue: { value: null } }) as ReadContext;
}

/** Whether the error means that the file has no header and `empty_files` allows that; warns once for each file. */
export function isEmptyAndLeft({ name, settings, reported }: CsvStream, input: InputFile, error: unknown, log: Log): boolean {
  const rule = settings.empty_files ?? (input.isNamed === true ? "fail" : "skip");
  if (rule === "fail" || !(error instanceof TaplineError) || error.code !== "file_empty") return false;
  const message = `${nameOf(input)}: ${error.message}, so nothing is read from it. To stop at such files, set empty_files to fail`;
  // Discovery and reading may count the bytes differently.
  warnOnce({ name, reported }, message, log, `${nameOf(input)}: file_empty`);
  return true;
}

/** Warns of names in the header that were changed. */
export function warnOfNames(stream: CsvStream, { path, notes }: Table, log: Log): void {
  for (const note of notes) warnOnce(stream, `${path}: ${note}`, log);
}

/** Without a catalog, discovery and reading find the same. */
function warnOnce({ name, reported }: Pick<CsvStream, "name" | "reported">, message: string, log: Log, key = message): void {
  if (!reported.has(key)) log("warning", message, name);
  reported.add(key);
}

/** An open file with what will be reported about it. */
class ReportedTable implements Opened {
  readonly input: InputFile;
  readonly table: Table;
  readonly report: FileReport;

  constructor(input: InputFile, table: Table, report: FileReport) {
    this.input = input;
    this.table = table;
    this.report = report;
  }

  get position() {
    return this.table.position;
  }

  get readAs() {
    return this.table.readAs;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.table[Symbol.asyncDispose]() as Promise<void>;
  }
}

/** Opens a file at its start, or where an earlier run stopped; the header is always read from the start. */
async function openFile(
  stream: CsvStream,
  { input, from, follow }: Opening,
  context: ReadContext,
  { rejects, claims }: { rejects: RejectsFile; claims: Claims | undefined },
): Promise<ReportedTable> {
  const file = nameOf(input);
  const dialect = await findDialect(input, stream.settings, context.log, context.metadata);
  const options = { ...tableOptions(stream), ...dialect };
  let resume: TableOptions["resume"];
  if (from !== undefined) {
    await using preview = await openTable(input, { ...options, isPreview: true });
    resume = { line: from.line, header: preview.wholeHeader };
  }
  const report = new FileReport({ file, dialect: options.dialect, footer: stream.settings.footer, context });
  const table = await openTable(input, {
    ...options,
    knownNames: Object.keys(context.schema.properties ?? {}),
    follow,
    ...(resume === undefined ? {} : { resume }),
    onSkip: (what, line) => report.skip(what, line),
    onFooter: (lines) => report.footer(lines),
    onReject: (row) => {
      rejects.add(stream.name, file, row);
      claims?.addRejected(input);
      context.rejected(1, rejects.details(file, row));
    },
    onReplace: (count) =>
      context.log("warning", `${file}: replaced invalid bytes with U+FFFD in ${count} ${count === 1 ? "place" : "places"}`),
  });
  warnOfNames(stream, table, context.log);
  return new ReportedTable(input, table, report);
}

/** The options for `openTable` that are the same for all files of the stream. */
export function tableOptions({ name, settings, config, policy }: CsvStream) {
  const { keys, replication_key: replicationKey, footer } = settings;
  return { stream: name, policy, maxRowBytes: config.max_row_bytes, keys, replicationKey, footer };
}

/** Sends a new SCHEMA where the file has columns that neither the catalog nor an earlier file has. They are text. */
async function* newColumns({ header, path }: Table, context: ReadContext, known: Set<string>): AsyncGenerator<Chunk> {
  const names = header.filter((name) => !known.has(name));
  if (names.length === 0) return;
  for (const name of names) known.add(name);
  const before = new Set(context.columns);
  const added = names.map((name) => [name, stringSchema] as const);
  yield schemaChange({ ...context.schema, properties: orderedObject([...orderedEntries(context.schema.properties ?? {}), ...added]) });
  const sent = context.columns.filter((name) => !before.has(name));
  if (sent.length > 0)
    context.log("warning", `${path} has new columns, which are loaded as text: ${sent.map((name) => JSON.stringify(name)).join(", ")}`);
}

interface Parts {
  types: ColumnTypes;
  rejects: RejectsFile;
  pass: Pass;
  /** Set for a replication key. `cell`: the column's index, -1 when the file does not have it. */
  incremental: { watermark: Watermark; cell: number } | undefined;
  /** Call it when a piece of the file was read. */
  noteRead: () => void;
}

async function* readTable(
  stream: string,
  table: Table,
  context: ReadContext,
  { types, rejects, pass, incremental, noteRead }: Parts,
): AsyncGenerator<Chunk> {
  const { tokenizer } = table;
  const writer = new TableWriter(stream, table, context, types);
  const take = (): Lines => {
    const { count } = writer;
    return new Lines(writer.take(), count, incremental?.watermark.maximum ?? null);
  };
  // The target deletes a file after the commit of the STATE that follows it.
  using files = incremental === undefined && pass.takesCheckpoints ? HandOver.of(table, context, types) : undefined;
  let handOver = files;
  const takeAll = function* (): Generator<Chunk> {
    if (files !== undefined && files.count > 0) yield files.take();
    if (writer.count > 0) yield take();
  };
  const checkpointIfDue = async function* (): AsyncGenerator<Chunk> {
    if (!pass.isDue || !tokenizer.isBetweenRows) return;
    yield* takeAll();
    await rejects.flush();
    yield await pass.checkpoint(table.position);
  };
  do {
    for (;;) {
      const filling = handOver?.isPaused === false ? handOver : undefined;
      if (filling !== undefined) {
        if (writer.count > 0) yield take();
        filling.run();
      } else if (incremental === undefined) writer.transcribe();
      if (writer.isFull || filling?.isFull === true) {
        yield* takeAll();
        if (pass.isDue) yield* checkpointIfDue();
        continue;
      }
      if (!tokenizer.next()) break;
      if (filling !== undefined) {
        if (filling.count > 0) yield filling.take();
        if (!filling.acceptsOddRow()) handOver = undefined;
      }
      if (incremental === undefined || isNewRow(tokenizer, incremental)) {
        for (let wider = writer.write(); wider !== undefined; wider = writer.write()) {
          if (writer.count > 0) yield take();
          yield schemaChange(wider);
          writer.layOut();
          // The rest of the file has other types than those that its cells are checked for.
          handOver = undefined;
        }
      }
    }
    await rejects.write();
    noteRead();
    if (context.signal.aborted) return;
    yield* checkpointIfDue();
  } while (await table.more());
  yield* takeAll();
}

function isNewRow({ bytes, starts, ends }: Tokenizer, { watermark, cell }: NonNullable<Parts["incremental"]>): boolean {
  return cell < 0 || watermark.admit(bytes, starts[cell] as number, ends[cell] as number);
}
