/** Each stream's rows go to the end of a file of its own; the journal makes what all streams wrote one commit. */
import { mkdirSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  describeValue,
  encodeRecord,
  type Row,
  type RowBatch,
  type Sink,
  type StreamCounts,
  UnencodableValue,
  type Writer,
} from "@tapline/sdk";
import { errors } from "./errors.ts";
import { fileName } from "./file-name.ts";
import { Journal } from "./journal.ts";

interface OpenFile {
  /** The stream whose rows, or rejected rows, are in it. */
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
  useFolder(folder);
  const journal = new Journal(folder);
  journal.recover();
  /** By file name, case aside: some systems take two such names for one. */
  const files = new Map<string, OpenFile>();
  /** Lengths at the last commit, of files that have rows since. */
  const committed: Record<string, number> = {};

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
    async open({ name: stream }): Promise<Writer> {
      const file = await openFile(fileName(stream), stream, stream);
      return {
        async write(batch: RowBatch) {
          for (const { rows, lines } of batch.rows())
            await append(
              file,
              rows.flatMap((row, i) => encodeRow(row, { stream, line: lines[i] as number }, batch.reject)),
            );
        },
        // A line has the columns its row has, whatever the schema says now.
        async alter() {},
        async keepRejects(rejects) {
          const kept = await openFile(rejectsName(stream), stream, `${stream} (rejected rows)`);
          const rejected_at = new Date().toISOString();
          await append(
            kept,
            rejects.map((reject) => `${JSON.stringify({ ...reject, rejected_at })}\n`),
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
      return counts;
    },
    async rollback() {
      journal.cutBack(committed);
      journal.remove();
    },
    async look(stream) {
      const { path, total } = files.get(fileName(stream).toLowerCase()) as OpenFile;
      return { table: path, rows: total, rejects: files.get(rejectsName(stream).toLowerCase())?.path };
    },
    async [Symbol.asyncDispose]() {
      for (const file of files.values()) await file.handle.close();
    },
  };
}

const rejectsName = (stream: string): string => fileName(stream, "__rejects");

/** The row's line: all of its columns, in the order they came; none where the row is rejected. @throws value_lost, where rows may not be */
function encodeRow(row: Row, position: { stream: string; line: number }, reject: RowBatch["reject"]): string[] {
  try {
    return [`${encodeRecord(row)}\n`];
  } catch (error) {
    if (!(error instanceof UnencodableValue)) throw error;
    reject(row, errors.value_lost({ value: describeValue(row[error.column]) }, { ...position, column: error.column }, error));
    return [];
  }
}

function useFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw errors.folder_unusable({ path: folder, reason: code === "EEXIST" ? "it is a file" : (code ?? message) }, {}, error);
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
