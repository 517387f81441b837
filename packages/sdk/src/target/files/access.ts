/**
 * Which files BATCH messages may name. A tap is a stranger: a target reads only files of the run's own batch folder and of folders that the
 * user or the runner names, by where they really are, and deletes only those of the run's own folder.
 */
import { constants } from "node:fs";
import { type FileHandle, open, realpath, rm } from "node:fs/promises";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { errors } from "../../errors.ts";

export interface BatchAccess {
  /** The run's own folder: its files are deleted once their rows are durable. */
  batch_folder?: string | undefined;
  /** Folders and files that may be read. */
  batch_inputs?: readonly string[] | undefined;
}

export interface BatchFile {
  /** Without links. */
  path: string;
  /** The run made it for this load alone. */
  isOwn: boolean;
}

/** @throws batch_url_unsupported, batch_file_unreadable, batch_file_refused */
export async function locate(url: string, access: BatchAccess, stream: string): Promise<BatchFile> {
  const named = pathOf(url, stream);
  const path = await realpath(named).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(named, stream, error);
  });
  const { batch_folder: folder, batch_inputs: inputs = [] } = access;
  if (folder !== undefined && (await isIn(path, folder))) return { path, isOwn: true };
  for (const input of inputs) if (await isIn(path, input)) return { path, isOwn: false };
  throw errors.batch_file_refused({ path }, { stream });
}

/** @throws batch_file_unreadable */
export async function openFile({ path }: BatchFile, stream: string): Promise<FileHandle> {
  try {
    // Neither a link that was put there since nor a pipe without a writer may be followed.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    throw unreadable(path, stream, error as NodeJS.ErrnoException);
  }
  throw errors.batch_file_unreadable({ path, reason: "it is not a file" }, { stream });
}

/** Files of the run's own folder, from when they were read until their rows are durable. */
export class OwnFiles {
  #before: string[] = [];
  #after: string[] = [];

  add({ path, isOwn }: BatchFile): void {
    if (isOwn) this.#after.push(path);
  }

  /** A STATE arrived: a commit at it covers all rows so far. */
  mark(): void {
    this.#before.push(...this.#after);
    this.#after = [];
  }

  /** Call it after a commit: at the last STATE, or of all rows. */
  async delete(isAll: boolean): Promise<void> {
    if (isAll) this.mark();
    const paths = this.#before;
    this.#before = [];
    for (const path of paths) await rm(path, { force: true });
  }
}

function pathOf(url: string, stream: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw errors.batch_url_unsupported({ url: url.replace(/[?#].*/s, "?…").replace(/\/\/[^/@]*@/, "//…@") }, { stream }, error);
  }
}

async function isIn(path: string, input: string): Promise<boolean> {
  const real = await realpath(input).catch(() => undefined);
  return real !== undefined && (path === real || path.startsWith(real.endsWith(sep) ? real : real + sep));
}

function unreadable(path: string, stream: string, error: NodeJS.ErrnoException): Error {
  const reason = error.code === "ENOENT" ? "it does not exist" : (error.code ?? error.message);
  return errors.batch_file_unreadable({ path, reason }, { stream }, error);
}
