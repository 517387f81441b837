/**
 * The database file on disk. DuckDB opens an existing file by its name: a .csv, .parquet or .json becomes a view in a database in
 * memory, and everything loaded there is lost. So the first bytes are looked at before, and after each commit the file must still be
 * the one that was opened: a deleted file takes writes until it is closed.
 */
import { constants } from "node:fs";
import { access, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errors } from "./errors.ts";

/** Makes the folder where it is missing. @throws filepath_is_directory, folder_not_writable, not_a_database */
export async function checkFile(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true });
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory()) throw errors.filepath_is_directory({ path });
    await access(folder, constants.W_OK | constants.X_OK);
    if (found === null) return;
    // Opening a FIFO would wait for its other end.
    if (!found.isFile()) throw errors.not_a_database({ path, kind: specialKind(found) });
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw errors.folder_not_writable({ path: folder, reason: error.message }, {}, error);
  }
  await checkStart(path);
}

/** Makes nothing. @throws database_missing, filepath_is_directory, not_a_database */
export async function checkFileToRead(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw errors.database_missing({ path, reason: error.code === "ENOENT" ? "there is no such file" : error.message }, {}, error);
  });
  if (found.isDirectory()) throw errors.filepath_is_directory({ path });
  if (!found.isFile()) throw errors.not_a_database({ path, kind: specialKind(found) });
  await checkStart(path);
}

/** Makes nothing. undefined: there is a file, and connecting checks it. @throws folder_not_writable */
export async function findMissing(path: string): Promise<string | undefined> {
  if ((await stat(path).catch(() => null)) !== null) return undefined;
  let folder = dirname(path);
  let found = await stat(folder).catch(() => null);
  while (found === null) {
    folder = dirname(folder);
    found = await stat(folder).catch(() => null);
  }
  if (!found.isDirectory()) throw errors.folder_not_writable({ path: folder, reason: "it is a file" });
  await access(folder, constants.W_OK | constants.X_OK).catch((error: Error) => {
    throw errors.folder_not_writable({ path: folder, reason: error.message }, {}, error);
  });
  return `There is no database ${path} yet. The first load can make it.`;
}

async function checkStart(path: string): Promise<void> {
  const start = await readStart(path);
  if (start !== null && !isDatabase(start)) throw errors.not_a_database({ path, kind: kindOf(start) });
}

/** Remembers which file is at the path, and returns the check that it still is. */
export async function watchFile(path: string): Promise<() => Promise<void>> {
  const look = () => stat(path, { bigint: true }).catch(() => null);
  const opened = await look();
  return async () => {
    const found = await look();
    if (found === null || opened === null) throw errors.database_replaced({ path, what: "is not there any more" });
    if (found.dev !== opened.dev || found.ino !== opened.ino) throw errors.database_replaced({ path, what: "is another file now" });
  };
}

const startBytes = 512;

/** Null where the file can't be read: DuckDB then reports why. */
async function readStart(path: string): Promise<Buffer | null> {
  const file = await open(path).catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The first eight bytes are a checksum (https://duckdb.org/docs/stable/internals/storage). */
const isDatabase = (start: Buffer): boolean => start.toString("latin1", 8, 12) === "DUCK";

const signatures: readonly [string, string][] = [
  ["PAR1", "a Parquet file"],
  ["SQLite format 3\0", "a SQLite database"],
  ["\x1f\x8b", "a gzip file"],
  ["(\xb5/\xfd", "a Zstandard file"],
  ["PK\x03\x04", "a zip file or a workbook"],
  ["ARROW1", "an Arrow file"],
  ["%PDF", "a PDF document"],
];

function kindOf(start: Buffer): string {
  if (start.length === 0) return "an empty file";
  const text = start.toString("latin1");
  const known = signatures.find(([signature]) => text.startsWith(signature));
  if (known !== undefined) return known[1];
  // No control characters but tab, line feed and carriage return.
  if (start.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13)) return "a file of another format";
  return /^\s*[{[]/.test(text) ? "a JSON file" : "a text file, such as CSV";
}

function specialKind(found: { isFIFO(): boolean; isSocket(): boolean }): string {
  return found.isFIFO() ? "a named pipe" : found.isSocket() ? "a socket" : "a device";
}
