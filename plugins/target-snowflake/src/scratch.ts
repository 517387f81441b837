/** A private temporary folder for the files that are sent. Folders that killed processes left are deleted at the next start. */
import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errors } from "./errors.ts";

export interface Scratch extends AsyncDisposable {
  /** A new path for each call; nothing is there yet. */
  nextPath(): string;
}

const prefix = "tapline-snowflake-";

/** @throws snowflake_temporary_folder */
export async function makeScratch(parent = tmpdir()): Promise<Scratch> {
  await sweep(parent);
  const folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`)).catch((error: Error) => {
    throw errors.snowflake_temporary_folder({ path: parent, reason: error.message }, {}, error);
  });
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  let count = 0;
  return {
    nextPath: () => join(folder, `${++count}.parquet`),
    async [Symbol.asyncDispose]() {
      process.off("exit", removeAtExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Deletes this user's folders whose process has ended. */
async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (!(pid > 0) || isAlive(pid)) continue;
    const path = join(parent, name);
    const owner = await stat(path).catch(() => null);
    if (owner !== null && owner.uid === process.getuid?.()) await rm(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
