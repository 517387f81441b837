/** A file that a merge reads: one that the manifest lists, or one with rows that are not committed. */
import { rm } from "node:fs/promises";
import type { FileColumn, FileEntry, StreamEntry } from "../manifest/manifest.ts";
import { openListed } from "../store/open-listed.ts";
import type { Store } from "../store/store.ts";
import type { PendingFile } from "../stream/stream-files.ts";
import type { ReadableFile } from "./relation.ts";

export type AnyFile = FileEntry | PendingFile;

export function columnsIn(entry: StreamEntry, file: AnyFile): readonly FileColumn[] {
  return "columns" in file ? file.columns : (entry.schemas[file.schema] ?? []);
}

/** @returns the file on this computer, until `close`. @throws file_changed */
export async function opened(store: Store, entry: StreamEntry, file: AnyFile, ordinal: number): Promise<ReadableFile> {
  const columns = columnsIn(entry, file);
  return { path: "columns" in file ? file.path : await openListed(store, file), columns, ordinal };
}

/** `isReplaced`: its rows are elsewhere now. What the manifest lists stays until the commit. */
export async function close(store: Store, file: AnyFile, { path }: ReadableFile, isReplaced = false): Promise<void> {
  if (!("columns" in file)) await store.release(path);
  else if (isReplaced) await rm(path, { force: true });
}
