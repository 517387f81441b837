/** What `--test` of target-jsonl checks: that files can be written into the folder. It makes nothing. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { errors } from "./errors.ts";

/** @returns what was found, as a sentence. @throws folder_unusable */
export async function checkFolder(path: string): Promise<string> {
  const folder = resolve(path);
  let nearest = folder;
  let found = await stat(nearest).catch(() => null);
  while (found === null) {
    nearest = dirname(nearest);
    found = await stat(nearest).catch(() => null);
  }
  if (!found.isDirectory()) throw errors.folder_unusable({ path: nearest, reason: "it is a file" });
  await access(nearest, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    throw errors.folder_unusable({ path: nearest, reason: error.code ?? error.message }, {}, error);
  });
  return nearest === folder ? `Files can be written into ${folder}.` : `There is no folder ${folder} yet. The first load can make it.`;
}
