/** Markers by which a sender says that a file is whole. */
import { lstatSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FilesSettings } from "../model/files-schema.ts";

/** The path of the marker beside a file. */
export function markerOf(path: string, marker: string): string {
  return join(
    dirname(path),
    marker.replaceAll("*", () => basename(path)),
  );
}

/** A marker that is older than the file is that of an earlier one. */
export function isMarked(path: string, marker: string, mtimeNs: bigint): boolean {
  const found = lstatSync(markerOf(path, marker), { bigint: true, throwIfNoEntry: false });
  return found !== undefined && found.mtimeNs >= mtimeNs;
}

/** Moves the marker of one file beside it. One that is left has no file, and is too old for the next. */
export function putMarkerAway(from: string, archived: string, { marker }: Pick<FilesSettings, "marker">): void {
  if (marker?.includes("*") !== true) return;
  const own = markerOf(from, marker);
  try {
    renameSync(own, markerOf(archived, marker));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EXDEV") rmSync(own);
    else if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
