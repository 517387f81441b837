/** A private temporary folder for the files of a load. Folders that killed processes left are deleted at the next start. */
import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./is-alive.ts";

export interface Scratch extends AsyncDisposable {
  readonly folder: string;
  /** A new path for each call; nothing is there yet. */
  nextPath(): string;
}

export interface ScratchOptions {
  /** Of the target, in lower case: folders of others are never swept. */
  name: string;
  /** The folder to make it in. Default: the system's for temporary files, which TMPDIR names. */
  parent?: string;
  /** Makes the error for a parent in which no folder can be made. */
  refuse(path: string, reason: string, cause: Error): Error;
}

/**
 * Throws what `refuse` makes of a parent in which no folder can be made.
 * @example await using scratch = await makeScratch({ name: "target-x", refuse: (path, reason) => new Error(`${path}: ${reason}`) });
 */
export async function makeScratch({ name, parent = tmpdir(), refuse }: ScratchOptions): Promise<Scratch> {
  const prefix = `tapline-${name}-`;
  await sweep(parent, prefix);
  const folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`)).catch((error: Error) => {
    throw refuse(parent, error.message, error);
  });
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  let count = 0;
  return {
    folder,
    nextPath: () => join(folder, `${++count}.parquet`),
    async [Symbol.asyncDispose]() {
      process.off("exit", removeAtExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Deletes this user's folders whose process has ended. */
async function sweep(parent: string, prefix: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (!(pid > 0) || isAlive(pid)) continue;
    const path = join(parent, name);
    const owner = await stat(path).catch(() => null);
    if (owner !== null && owner.uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  }
}
