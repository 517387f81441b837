/** Opens a file that the manifest lists: what was changed or cut since must not be read as if it were whole. */
import { stat } from "node:fs/promises";
import { errors } from "../errors.ts";
import type { FileEntry } from "../manifest/manifest.ts";
import type { Store } from "./store.ts";

/** @returns a path on this computer, until `release`. @throws file_changed */
export async function openListed(store: Store, file: FileEntry): Promise<string> {
  const path = await store.open(file.path);
  const found = await stat(path).catch((error: Error) => {
    throw errors.file_changed({ path: `${store.location}/${file.path}`, problem: "is not there" }, {}, error);
  });
  if (found.size !== file.bytes) throw changed(store, file, `has ${found.size} bytes where the manifest says ${file.bytes}`);
  return path;
}

export function changed(store: Store, file: FileEntry, problem: string): Error {
  return errors.file_changed({ path: `${store.location}/${file.path}`, problem });
}
