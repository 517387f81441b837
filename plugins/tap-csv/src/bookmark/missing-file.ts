/** Finds out whether a file that is no longer read was deleted, or can't be seen now: it was left out, or its folder is not mounted. */
import { readdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { identityOf } from "../source/file-identity.ts";
import type { InputFile } from "../source/source.ts";

/**
 * undefined: the file was deleted, or an archive no longer has it. Otherwise what to wait for: the name of the file, which is still there,
 * or its folder with a "/" at the end, which is missing, empty or can't be read. `name`: of a file, or an earlier result.
 */
export async function missingPart(name: string, inputs: readonly InputFile[]): Promise<string | undefined> {
  if (name.endsWith("/")) return (await hasEntries(name)) ? undefined : name;
  const path = /^(.*?\.zip)\/./i.exec(name)?.[1] ?? name;
  const identity = identityOf(path);
  if (inputs.some((input) => identityOf(input.path) === identity)) return undefined;
  const isGone = await stat(path).then(
    () => false,
    ({ code }: NodeJS.ErrnoException) => code === "ENOENT" || code === "ENOTDIR",
  );
  if (!isGone) return name;
  const folder = dirname(path);
  return (await hasEntries(folder)) ? undefined : `${folder}/`;
}

const hasEntries = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    (entries) => entries.length > 0,
    () => false,
  );
