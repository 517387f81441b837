/** Appends each stream's rows to the stream's file. The journal makes what all streams wrote one commit. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  describeValue,
  encodeRecord,
  fileName,
  type JsonSchema,
  propertyNames,
  type Row,
  type RowBatch,
  type Sink,
  type StreamCounts,
  UnencodableValue,
  useFolder,
  type Writer,
} from "@tapline/sdk";
import { errors } from "./errors.ts";
import { Journal } from "./journal.ts";

interface OpenFile {
  /** The stream whose rows are in it, or "STREAM (rejected rows)". */
  owner: string;
  stream: string;
  name: string;
  path: string;
  handle: FileHandle;
  /** Since the last commit. */
  rows: number;
  total: number;
}

export function openSink(folder: string): Sink {
  useFolder(folder, (path, reason, cause) => errors.folder_unusable({ path, reason }, {}, cause));
  const journal = new Journal(folder);
  journal.recover();
  /** By file name in lower case: some file systems treat names that differ only in case as one. */
  const files = new Map<string, OpenFile>();
  /** For files that were written since the last commit: their lengths at that commit. */
  const committed: Record<string, number> = {};

  const fileOf = (stream: string): OpenFile => files.get(rowsName(stream).toLowerCase()) as OpenFile;

  async function openFile(name: string, stream: string, owner: string): Promise<OpenFile> {
    const other = files.get(name.toLowerCase());
    if (other?.owner === owner) return other;
    if (other) throw errors.file_collision({ path: name, other: other.owner, stream: owner }, { stream });
    const path = join(folder, name);
    const handle = await open(path, "a").catch((error: NodeJS.ErrnoException) => {
      throw errors.folder_unusable({ path, reason: error.code ?? error.message }, { stream }, error);
    });
    const file: OpenFile = { owner, stream, name, path, handle, rows: 0, total: await countLines(path) };
    files.set(name.toLowerCase(), file);
    return file;
  }

  async function append(file: OpenFile, lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    if (!Object.hasOwn(committed, file.name)) {
      committed[file.name] = (await file.handle.stat()).size;
      journal.write(committed);
    }
    await file.handle.appendFile(lines.join("")).catch((error: Error) => {
      throw errors.write_failed({ path: file.path, reason: error.message }, { stream: file.stream }, error);
    });
    file.rows += lines.length;
  }

  return {
    async open({ name: stream, schema }): Promise<Writer> {
      const file = await openFile(rowsName(stream), stream, stream);
      let fieldsOf = fieldOrder(schema);
      return {
        async write(batch: RowBatch) {
          for (const { rows, lines } of batch.rows())
            await append(
              file,
              rows.flatMap((row, i) => encodeRow(row, fieldsOf(row), { stream, line: lines[i] as number }, batch.reject)),
            );
        },
        // A line has the fields that its row has, whatever the schema is now. Only their order may depend on the schema.
        async alter(next) {
          fieldsOf = fieldOrder(next.schema);
        },
        async keepRejects(rejects) {
          const kept = await openFile(rejectsName(stream), stream, `${stream} (rejected rows)`);
          const rejected_at = new Date().toISOString();
          await append(
            kept,
            rejects.map(({ definition: _, metadata: __, ...reject }) => `${JSON.stringify({ ...reject, rejected_at })}\n`),
          );
        },
      };
    },
    async commit() {
      const counts = new Map<string, StreamCounts>();
      for (const file of files.values()) {
        if (file.rows === 0) continue;
        await file.handle.sync();
        if (file.owner === file.stream) counts.set(file.stream, { inserted: file.rows, updated: 0, superseded: 0 });
        file.total += file.rows;
        file.rows = 0;
      }
      journal.remove();
      for (const name of Object.keys(committed)) delete committed[name];
      return { counts, recorded: false };
    },
    async rollback() {
      journal.cutBack(committed);
      journal.remove();
    },
    destination: (stream) => ({ table: fileOf(stream).path, rejects: files.get(rejectsName(stream).toLowerCase())?.path }),
    countRows: async (stream) => fileOf(stream).total,
    async [Symbol.asyncDispose]() {
      for (const file of files.values()) await file.handle.close();
    },
  };
}

const rowsName = (stream: string): string => `${fileName(stream)}.jsonl`;
const rejectsName = (stream: string): string => `${fileName(stream)}__rejects.jsonl`;

/**
 * The order of a row's fields: as they were sent. Where names look like integers JavaScript has lost that order in the row, so
 * it is the order of the schema, then other fields.
 */
function fieldOrder(schema: JsonSchema): (row: Row) => readonly string[] {
  const names = propertyNames(schema);
  const isKept = names.every((name) => !/^\d+$/.test(name));
  return isKept ? Object.keys : (row) => [...new Set([...names, ...Object.keys(row)])];
}

/** The row's line; nothing where the row is rejected. @throws value_lost where rejects are not allowed */
function encodeRow(row: Row, fields: readonly string[], position: { stream: string; line: number }, reject: RowBatch["reject"]): string[] {
  try {
    return [`${encodeRecord(row, fields)}\n`];
  } catch (error) {
    if (!(error instanceof UnencodableValue)) throw error;
    reject(row, errors.value_lost({ value: describeValue(row[error.column]) }, { ...position, column: error.column }, error));
    return [];
  }
}

async function countLines(path: string): Promise<number> {
  const { size } = await stat(path);
  if (size === 0) return 0;
  let lines = 0;
  const handle = await open(path, "r");
  try {
    for await (const chunk of handle.createReadStream({ highWaterMark: 1 << 20, autoClose: false })) {
      for (let at = (chunk as Buffer).indexOf(10); at >= 0; at = (chunk as Buffer).indexOf(10, at + 1)) lines++;
    }
  } finally {
    await handle.close();
  }
  return lines;
}
