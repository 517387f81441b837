/** Whether a file is whole. Nobody can know it of a file alone: it was not written for a while, or its sender says so by a marker. */
import { type BigIntStats, lstatSync } from "node:fs";
import type { FilesSettings } from "../model/files-schema.ts";
import { type FileLook, isSameFile } from "./file-facts.ts";
import { isMarked } from "./marker.ts";

const defaultMinAgeSeconds = 5;

/** Between two looks at a file. A sender that writes does so more often. */
export const leastPauseMs = 200;
/** A run waits so long for a young file, and leaves it to the next one otherwise. */
const mostPauseMs = 10_000;

export interface Look extends FileLook {
  /** Since it was last written or renamed, by the clock of this machine; negative where that is in the future. */
  ageMs: number;
  isLink: boolean;
  /** Undefined: no marker is asked for. */
  hasMarker: boolean | undefined;
}

/** undefined: there is no such file. */
export function lookAt(path: string, { marker }: Pick<FilesSettings, "marker">, now = Date.now()): Look | undefined {
  const found = statOf(path);
  if (found === undefined) return undefined;
  const { size, mtimeNs, ctimeMs, mtimeMs, dev, ino } = found;
  const changed = Math.max(Number(ctimeMs), Number(mtimeMs));
  return {
    size: Number(size),
    mtime: String(mtimeNs),
    inode: `${dev}:${ino}`,
    ageMs: now - changed,
    isLink: found.isSymbolicLink(),
    hasMarker: marker === undefined ? undefined : isMarked(path, marker, mtimeNs),
  };
}

/** Why the file is not to be loaded yet; undefined: it is whole. `before`: a look at least `leastPauseMs` earlier, if there was one. */
export function whyUnsettled(look: Look, settings: FilesSettings, before?: Look): string | undefined {
  if (look.isLink) return "it is a link, and only files are put away";
  if (look.hasMarker !== undefined) return look.hasMarker ? undefined : `its marker ${settings.marker} is not there`;
  return whyGrowing(look, minAgeMs(settings), before && isSameFile(before, look));
}

/** The rule for files without a marker, for runs and for sensors. `isSame`: as in the look before; undefined: there was none. */
export function whyGrowing(
  { size, ageMs }: Pick<Look, "size" | "ageMs">,
  leastMs: number,
  isSame: boolean | undefined,
): string | undefined {
  if (size === 0) return "it is empty (0 bytes), so its sender may not have begun to write";
  if (isSame === false) return "it is being written: it changed between two looks";
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  if (ageMs < 0) return isSame === undefined ? `its time is ${seconds(-ageMs)} in the future` : undefined;
  return ageMs < leastMs ? `it was written ${seconds(ageMs)} ago, and min_age_seconds is ${leastMs / 1000}` : undefined;
}

/** How long to wait before the second look, so that every file which may be whole by then is. */
export function pauseFor(looks: readonly Look[], settings: FilesSettings): number {
  if (looks.every(({ hasMarker }) => hasMarker !== undefined)) return 0;
  const leastMs = minAgeMs(settings);
  const needed = looks.map(({ ageMs }) => (ageMs < 0 ? leastMs : leastMs - ageMs)).filter((ms) => ms <= mostPauseMs);
  // The clocks of file systems tick less often than that of this process.
  return Math.max(leastPauseMs, ...needed.map((ms) => (ms > 0 ? ms + 20 : 0)));
}

const minAgeMs = ({ min_age_seconds: seconds = defaultMinAgeSeconds }: FilesSettings): number => seconds * 1000;

function statOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}
