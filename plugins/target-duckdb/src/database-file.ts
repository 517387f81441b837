/**
 * The database file on disk: it is one before it is opened, and after each commit it must still be the one that was opened, for a deleted
 * file takes writes until it is closed.
 */
import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { expectDatabase } from "@tapline/duckdb";
import { errors } from "./errors.ts";

/** Makes the folder where it is missing. @throws filepath_is_directory, folder_not_writable, not_a_database */
export async function checkFile(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true });
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory()) throw errors.filepath_is_directory({ path });
    await access(folder, constants.W_OK | constants.X_OK);
    if (found !== null) await expectDatabase(path, found);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw errors.folder_not_writable({ path: folder, reason: error.message }, {}, error);
  }
}

/** Makes nothing. @throws database_missing, filepath_is_directory, not_a_database */
export async function checkFileToRead(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw errors.database_missing({ path, reason: error.code === "ENOENT" ? "there is no such file" : error.message }, {}, error);
  });
  await expectDatabase(path, found);
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
