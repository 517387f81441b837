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
  stream: string;
  path: string;
  handle: FileHandle;
  rows: number;
  total: number;
}

export function openSink(folder: string): Sink {
  useFolder(folder);
  const journal = new Journal(folder);
  journal.recover();
  const files = new Map<string, OpenFile>();
  /** Lengths at the last commit, of files that have rows since. */
  const committed: Record<string, number> = {};

  async function append(file: OpenFile, text: string): Promise<void> {
    const name = fileName(file.stream);
    if (!Object.hasOwn(committed, name)) {
      committed[name] = (await file.handle.stat()).size;
      journal.write(committed);
    }
    await file.handle.appendFile(text).catch((error: Error) => {
      throw errors.write_failed({ path: file.path, reason: error.message }, { stream: file.stream }, error);
    });
  }

  function writer(file: OpenFile): Writer {
    return {
      async write(batch: RowBatch) {
        for (const { rows, lines } of batch.rows()) {
          await append(file, rows.map((row, i) => encodeRow(row, { stream: file.stream, line: lines[i] as number })).join(""));
          file.rows += rows.length;
        }
      },
      // A line has the columns its row has, whatever the schema says now.
      async alter() {},
    };
  }

  return {
    async open(stream) {
      const name = fileName(stream.name);
      const other = [...files.values()].find((file) => fileName(file.stream).toLowerCase() === name.toLowerCase());
      if (other) throw errors.file_collision({ path: name, other: other.stream, stream: stream.name });
      const path = join(folder, name);
      const handle = await open(path, "a").catch((error: NodeJS.ErrnoException) => {
        throw errors.folder_unusable({ path, reason: error.code ?? error.message }, { stream: stream.name }, error);
      });
      const file: OpenFile = { stream: stream.name, path, handle, rows: 0, total: await countLines(path) };
      files.set(stream.name, file);
      return writer(file);
    },
    async commit() {
      const counts = new Map<string, StreamCounts>();
      for (const file of files.values()) {
        if (file.rows === 0) continue;
        await file.handle.sync();
        counts.set(file.stream, { inserted: file.rows, updated: 0, superseded: 0 });
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
    async countRows(stream) {
      return files.get(stream)?.total ?? 0;
    },
    async [Symbol.asyncDispose]() {
      for (const file of files.values()) await file.handle.close();
    },
  };
}

/** All of a row's columns, in the order they came. @throws value_lost */
function encodeRow(row: Row, position: { stream: string; line: number }): string {
  try {
    return `${encodeRecord(row)}\n`;
  } catch (error) {
    if (!(error instanceof UnencodableValue)) throw error;
    throw errors.value_lost({ value: describeValue(row[error.column]) }, { ...position, column: error.column }, error);
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
