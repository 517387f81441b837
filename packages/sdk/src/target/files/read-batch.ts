/** The rows of a BATCH message: reads its files as runs of RECORD lines, one after the other, and checks that they are whole. */
import { type BatchMessage, type JsonSchema, type Records, TaplineError } from "@tapline/protocol";
import { errors } from "../../errors.ts";
import { type BatchAccess, type BatchFile, locate, openFile } from "./access.ts";
import { readCsv } from "./csv-file.ts";
import { readJson } from "./json-file.ts";
import { isParquet, readParquet } from "./parquet-file.ts";
import { RecordLines } from "./record-lines.ts";
import { unpacked } from "./unpack.ts";

export interface BatchReading extends BatchAccess {
  max_line_bytes: number;
}

/**
 * Memory is bounded: a run has about 128 KiB, or one row. `onFile` is called with each file that was read whole.
 * @throws batch_unsupported, batch_file_refused, batch_file_unreadable, batch_file_broken, batch_rows_differ, and protocol errors about lines
 */
export async function* readBatch(
  message: BatchMessage,
  schema: JsonSchema,
  reading: BatchReading,
  onFile: (file: BatchFile) => void,
): AsyncGenerator<Records> {
  const { stream, encoding, manifest, files = [] } = message;
  if (!["jsonl", "csv", "parquet"].includes(encoding.format)) throw errors.batch_unsupported({ format: encoding.format }, { stream });
  for (const [index, url] of manifest.entries()) {
    const file = await locate(url, reading, stream);
    const facts = files[index] ?? {};
    const lines = new RecordLines(message, file.path, facts);
    yield* recordsIn(file, lines, { message, schema, reading });
    if (facts.rows !== undefined && facts.rows !== lines.rows)
      throw errors.batch_rows_differ({ path: file.path, told: facts.rows, found: lines.rows }, { stream });
    onFile(file);
  }
}

interface Context {
  message: BatchMessage;
  schema: JsonSchema;
  reading: BatchReading;
}

async function* recordsIn(file: BatchFile, lines: RecordLines, { message, schema, reading }: Context): AsyncGenerator<Records> {
  const { stream, encoding } = message;
  const broken = (reason: string, cause?: unknown): Error => errors.batch_file_broken({ path: file.path, reason }, { stream }, cause);
  await using handle = await openFile(file, stream);
  if (encoding.format === "parquet") {
    if (!(await isParquet(handle))) throw broken("it is no Parquet file");
    return yield* readParquet(handle, lines, broken);
  }
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
