/**
 * The database file on disk, before DuckDB opens it. DuckDB opens an existing file by its name: a .csv, .parquet or .json becomes a view
 * in a database in memory, and everything loaded there is lost. So the first bytes are looked at before.
 */
import { open, type stat } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { duckdbErrors as errors } from "./errors.ts";

/** The absolute path of a database file. @throws filepath_in_memory, filepath_not_local */
export function databasePath(filepath: string): string {
  if (filepath.trim() === "" || filepath.startsWith(":memory:")) throw errors.filepath_in_memory({ path: filepath });
  if (/^(?:md:|motherduck:|[a-z][a-z0-9+]+:\/\/)/i.test(filepath))
    throw errors.filepath_not_local({ path: filepath.replace(/[?].*/s, "?…") });
  return resolve(filepath.replace(/^~(?=\/|$)/, () => homedir()));
}

/** `found`: what is at the path. @throws filepath_is_directory, not_a_database */
export async function expectDatabase(path: string, found: Awaited<ReturnType<typeof stat>>): Promise<void> {
  if (found.isDirectory()) throw errors.filepath_is_directory({ path });
  // Opening a FIFO would wait for its other end.
  if (!found.isFile()) throw errors.not_a_database({ path, kind: specialKind(found) });
  const start = await readStart(path);
  if (start !== null && !isDatabase(start)) throw errors.not_a_database({ path, kind: kindOf(start) });
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
