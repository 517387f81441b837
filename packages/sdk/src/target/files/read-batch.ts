/** The rows of a BATCH message: reads its files as runs of RECORD lines, one after the other, and checks that they are whole. */
import { stat } from "node:fs/promises";
import { type BatchMessage, type JsonSchema, type Records, TaplineError } from "@tapline/protocol";
import { errors } from "../../errors.ts";
import { type BatchAccess, type BatchFile, locate, openFile } from "./access.ts";
import { readCsv } from "./csv-file.ts";
import { readJson } from "./json-file.ts";
import { isParquet, readParquet } from "./parquet-file.ts";
import { readPgcopy } from "./pgcopy-file.ts";
import { RecordLines } from "./record-lines.ts";
import { type RowFile, rowFileOf } from "./row-file.ts";
import { unpacked } from "./unpack.ts";

export interface BatchReading extends BatchAccess {
  max_line_bytes: number;
  validate_records: boolean;
}

/** A file that may be handed to the database as it is, or else read as records, when its turn comes. */
export interface FilePart {
  type: "FILE";
  message: BatchMessage;
  file: RowFile;
  records(): AsyncGenerator<Records>;
}

/**
 * Memory is bounded: a run has about 128 KiB, or one row. `onFile` is called with each file whose rows were given, or that is given as a whole.
 * @throws batch_unsupported, batch_file_refused, batch_file_unreadable, batch_file_broken, batch_rows_differ, and protocol errors about lines
 */
export async function* readBatch(
  message: BatchMessage,
  schema: JsonSchema,
  reading: BatchReading,
  onFile: (file: BatchFile) => void,
): AsyncGenerator<Records | FilePart> {
  const { stream, encoding, manifest } = message;
  if (!["jsonl", "csv", "parquet", "pgcopy"].includes(encoding.format))
    throw errors.batch_unsupported({ format: encoding.format }, { stream });
  for (const [index, url] of manifest.entries()) {
    const file = await locate(url, reading, stream);
    const context = { message, schema, reading, index };
    const { size } = encoding.canonical === true || encoding.format === "pgcopy" ? await stat(file.path) : { size: 0 };
    const whole = rowFileOf(message, index, { path: file.path, byteLength: size }, schema, reading.validate_records);
    if (whole === undefined) yield* checkedRecords(file, context);
    else yield { type: "FILE", message, file: whole, records: () => checkedRecords(file, context) };
    onFile(file);
  }
}

async function* checkedRecords(file: BatchFile, context: Context): AsyncGenerator<Records> {
  const { message, index } = context;
  const facts = message.files?.[index] ?? {};
  const lines = new RecordLines(message, file.path, facts);
  yield* recordsIn(file, lines, context);
  if (facts.rows !== undefined && facts.rows !== lines.rows)
    throw errors.batch_rows_differ({ path: file.path, told: facts.rows, found: lines.rows }, { stream: message.stream });
}

interface Context {
  message: BatchMessage;
  schema: JsonSchema;
  reading: BatchReading;
  index: number;
}

async function* recordsIn(file: BatchFile, lines: RecordLines, { message, schema, reading }: Context): AsyncGenerator<Records> {
  const { stream, encoding } = message;
  const broken = (reason: string, cause?: unknown): Error => errors.batch_file_broken({ path: file.path, reason }, { stream }, cause);
  await using handle = await openFile(file, stream);
  if (encoding.format === "parquet") {
    if (!(await isParquet(handle))) throw broken("it is no Parquet file");
    return yield* readParquet(handle, lines, broken);
  }
  if (encoding.format === "pgcopy") return yield* readPgcopy(handle, lines, { encoding, maxRowBytes: reading.max_line_bytes, broken });
  const pieces = unpacked(handle, broken);
  try {
    if (encoding.format === "jsonl") yield* readJson(pieces, lines, reading.max_line_bytes);
    else yield* readCsv(pieces, lines, { encoding, schema, maxRowBytes: reading.max_line_bytes, broken });
  } catch (error) {
    throw error instanceof TaplineError || (error as NodeJS.ErrnoException).syscall === undefined
      ? error
      : broken((error as Error).message, error);
  }
}
