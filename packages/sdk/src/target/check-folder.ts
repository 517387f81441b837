/** What `--test` of targets that write files checks: that they can be written into a folder. It makes nothing. */
import { constants } from "node:fs";
import { access, lstat, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { whyNotMade } from "./folder-errors.ts";

/**
 * @returns what was found, as a sentence. Throws what `refuse` makes of a path and the reason why it can't be used.
 * @example await checkFolder("out", (path, reason) => new Error(`${path}: ${reason}`));
 */
export async function checkFolder(path: string, refuse: (path: string, reason: string, cause?: Error) => Error): Promise<string> {
  const folder = resolve(path);
  let nearest = folder;
  let found = await stat(nearest).catch(() => null);
  while (found === null) {
    // A link to nowhere is there, and no folder can be made in its place.
    if ((await lstat(nearest).catch(() => null)) !== null) throw refuse(nearest, whyNotMade(nearest));
    nearest = dirname(nearest);
    found = await stat(nearest).catch(() => null);
  }
  if (!found.isDirectory()) throw refuse(nearest, whyNotMade(nearest));
  await access(nearest, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    throw refuse(nearest, error.code ?? error.message, error);
  });
  return nearest === folder ? `Files can be written into ${folder}.` : `There is no folder ${folder} yet. The first load can make it.`;
}
