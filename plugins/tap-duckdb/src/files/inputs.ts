/** Finds the files of a stream: what its paths, folders, patterns and addresses stand for, sorted the same way on every machine. */
import { resolve } from "node:path";
import { byCodePoint, findFiles } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { endingsOf, takesName } from "./formats.ts";
import { isAddress } from "./objects.ts";
import type { FileStream } from "./settings.ts";

export function addressesOf({ path }: FileStream): string[] {
  return [path].flat().filter(isAddress);
}

/** Local files, each once. @throws the errors of `findFiles`, folder_without_files */
export async function localFiles({ entity, path, format }: FileStream, root: string | undefined): Promise<string[]> {
  const position = { stream: entity };
  const found = new Map<string, string>();
  for (const one of [path].flat().filter((each) => !isAddress(each))) {
    const files = await findFiles(one, {
      position,
      root,
      takes: (name) => takesName(name, format),
      emptyFolder: (folder) => errors.folder_without_files({ path: folder, endings: endingsOf(format) }, position),
    });
    for (const file of files) found.set(resolve(file), file);
  }
  return [...found.values()].sort(byCodePoint);
}
