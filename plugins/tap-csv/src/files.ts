/** From a path in the config to regular files that can be opened; each way to fail has its own error. */
import { constants } from "node:fs";
import { access, type FileHandle, open, readdir, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Position } from "@tapline/sdk";
import { errors } from "./errors.ts";

/** The file itself, or the CSV files of a folder by name. @throws file_missing, folder_without_csv, file_forbidden, file_unreadable */
export async function listFiles(path: string, position: Position): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    await access(path, constants.X_OK);
    const entries = await readdir(path, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.isDirectory() && /^[^.].*\.(csv|tsv|txt)$/i.test(entry.name)).map((entry) => entry.name);
    if (names.length > 0) return names.sort(byCodePoint).map((name) => join(path, name));
  } catch (error) {
    throw fileError(path, position, error);
  }
  throw errors.folder_without_csv({ path }, position);
}

export interface OpenFile {
  handle: FileHandle;
  bytes: number;
  modifiedAt: Date;
}

/** The caller closes the handle. @throws file_missing, file_forbidden, file_unreadable */
export async function openFile(path: string, position: Position): Promise<OpenFile> {
  try {
    // Opening a pipe nobody writes to would wait forever, so its kind is looked at first.
    if (!(await stat(path)).isFile()) throw errors.file_unreadable({ path, reason: "it is no regular file" }, position);
    const handle = await open(path, "r");
    const { size, mtime } = await handle.stat();
    return { handle, bytes: size, modifiedAt: mtime };
  } catch (error) {
    throw fileError(path, position, error);
  }
}

export function fileError(path: string, position: Position, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return errors.file_missing({ path }, position, error);
  if (code === "EACCES" || code === "EPERM") return errors.file_forbidden({ path, user: userName() }, position, error);
  const isFromSystem = error instanceof Error && "syscall" in error;
  return isFromSystem ? errors.file_unreadable({ path, reason: code ?? error.message }, position, error) : error;
}

/** As `ls` sorts in the C locale, the same on every machine. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A user id without an entry in the password file has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}
