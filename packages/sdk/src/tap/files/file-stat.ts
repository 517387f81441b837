/** Size, time and identity of a file on disk, to find out whether it changed. */
import { stat } from "node:fs/promises";
import type { Position } from "@tapline/protocol";
import { fileErrors as errors } from "./errors.ts";
import { fileError } from "./file-error.ts";

/** The clock of FAT, the coarsest; that of ext4 has 4 ms. */
const coarsestTickMs = 2000;

export interface FileStat {
  size: number;
  /** null when it is so recent that a change in the same clock tick of the file system would not show. */
  mtime: string | null;
  mtimeNs: bigint;
  /** Differs when another file took this name. */
  inode: string;
}

/**
 * Undefined for a pipe. @throws file_missing, file_forbidden, file_unreadable
 * @example const before = await statFile("a.csv", { stream });
 */
export async function statFile(path: string, position: Position): Promise<FileStat | undefined> {
  const found = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw fileError(path, position, error);
  });
  if (!found.isFile()) return undefined;
  const { size, mtime, mtimeNs, dev, ino } = found;
  const isFresh = Date.now() - mtime.getTime() < coarsestTickMs;
  return { size: Number(size), mtime: isFresh ? null : mtime.toISOString(), mtimeNs, inode: `${dev}:${ino}` };
}

/**
 * Throws if the file was written to since `before`: half of what was read may be old and half new. A file that was replaced in one
 * step (by a rename) is fine: the old one was read completely, and the next run reads the new one. @throws file_changed
 * @example await checkUnchanged("a.csv", before, { stream });
 */
export async function checkUnchanged(path: string, before: FileStat, position: Position): Promise<void> {
  const now = await statFile(path, position).catch(() => undefined);
  if (now === undefined || now.inode !== before.inode) return;
  if (now.size === before.size && now.mtimeNs === before.mtimeNs) return;
  throw errors.file_changed({ before: describe(before), now: describe(now) }, position);
}

const describe = ({ size, mtimeNs }: FileStat): string => `${size} bytes from ${new Date(Number(mtimeNs / 1_000_000n)).toISOString()}`;
