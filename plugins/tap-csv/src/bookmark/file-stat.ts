/** What the disk says of a file: whether it is the one that was read, and whether someone wrote to it in the meantime. */
import { stat } from "node:fs/promises";
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { fileError } from "../source/file-error.ts";
import type { InputFile } from "../source/source.ts";

/** FAT's, the coarsest there is; ext4's is 4 ms. */
const coarsestTickMs = 2000;

export interface FileStat {
  size: number;
  /** null when it is so near to now that a change in the same tick of the file system's clock would not show. */
  mtime: string | null;
  mtimeNs: bigint;
  /** Tells a file from one that took its name. */
  inode: string;
}

/** Of an archive's member: the archive's. undefined for a pipe. @throws file_missing, file_forbidden, file_unreadable */
export async function statInput({ path }: InputFile, position: Position): Promise<FileStat | undefined> {
  const found = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw fileError(path, position, error);
  });
  if (!found.isFile()) return undefined;
  const { size, mtime, mtimeNs, dev, ino } = found;
  const isFresh = Date.now() - mtime.getTime() < coarsestTickMs;
  return { size: Number(size), mtime: isFresh ? null : mtime.toISOString(), mtimeNs, inode: `${dev}:${ino}` };
}

/**
 * A file that another one replaced in one step (a rename) was read whole as it was; the next run sees the new one. One that was
 * written to may have been read half as it was and half as it is. @throws file_changed
 */
export async function checkUnchanged(input: InputFile, before: FileStat, position: Position): Promise<void> {
  const now = await statInput(input, position).catch(() => undefined);
  if (now === undefined || now.inode !== before.inode) return;
  if (now.size === before.size && now.mtimeNs === before.mtimeNs) return;
  throw errors.file_changed({ before: describe(before), now: describe(now) }, position);
}

const describe = ({ size, mtimeNs }: FileStat): string => `${size} bytes of ${new Date(Number(mtimeNs / 1_000_000n)).toISOString()}`;
