/**
 * Moves a file into the archive. Its record is written first, under a name that nobody has: that reserves the place, so that no file is
 * ever overwritten, and after a kill the next run finds by the claim's id where the file belongs.
 */
import { linkSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sync } from "../process/sync.ts";
import { sha256Of } from "./content.ts";
import type { Outcome } from "./file-facts.ts";

export interface ArchiveRequest {
  from: string;
  /** The archive, absolute. */
  archive: string;
  outcome: Outcome;
  /** ISO 8601: its day is the folder. The same in every try to move this file. */
  day: string;
  id: string;
  sha256: string;
  /** What the file's record holds besides the id. */
  record: Readonly<Record<string, unknown>>;
}

/** @returns where the file is now; undefined: it is gone, from the archive too. @throws the errors of the system */
export async function archiveFile(request: ArchiveRequest): Promise<string | undefined> {
  const { archive, outcome, day, from } = request;
  const folder = join(archive, outcome, ...day.slice(0, 10).split("-"));
  mkdirSync(folder, { recursive: true });
  for (let number = 1; ; number++) {
    const to = join(folder, nameOf(basename(from), number));
    if (!reserve(to, request)) continue;
    const isMoved = await move(from, to, request.sha256);
    if (isMoved) return to;
    rmSync(recordOf(to), { force: true });
    return undefined;
  }
}

/** The path of the record beside an archived file. */
export const recordOf = (archived: string): string => `${archived}.json`;

/** Moves a file without overwriting another. @throws the errors of the system, EEXIST where `to` is taken by another content */
export async function move(from: string, to: string, sha256: string): Promise<boolean> {
  const isThere = exists(to);
  if (!exists(from)) return isThere;
  // Only a copy to another device can leave both.
  if (isThere && (await sha256Of(to)) !== sha256) throw Object.assign(new Error(`${to} is there already`), { code: "EEXIST" });
  if (isThere) rmSync(from);
  else await rename(from, to, sha256);
  for (const folder of new Set([dirname(to), dirname(from)])) syncFolder(folder);
  return true;
}

/** "a.csv.gz", "a-2.csv.gz", … */
function nameOf(name: string, number: number): string {
  const dot = name.indexOf(".", 1);
  return number === 1 ? name : dot < 0 ? `${name}-${number}` : `${name.slice(0, dot)}-${number}${name.slice(dot)}`;
}

/** Whether the place is this file's, now or since an earlier try. */
function reserve(to: string, { id, record }: ArchiveRequest): boolean {
  const path = recordOf(to);
  const draft = join(dirname(to), `.${id}.draft`);
  try {
    if (exists(path)) return idIn(path) === id;
    if (exists(to)) return false;
    writeFileSync(draft, `${JSON.stringify({ id, ...record }, null, 2)}\n`, { flush: true });
    // At once with its content: a record that a kill cut would keep its place for ever.
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!withoutLinks.has(code)) throw error;
    renameSync(draft, path);
    return true;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** From file systems that know no hard links. There, two runs that take one name in the same moment are not told apart. */
const withoutLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

function idIn(path: string): unknown {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { id?: unknown }).id;
  } catch {
    return undefined;
  }
}

async function rename(from: string, to: string, sha256: string): Promise<void> {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    await copyAcross(from, to, sha256);
  }
}

async function copyAcross(from: string, to: string, sha256: string): Promise<void> {
  const part = `${to}.part`;
  const { atime, mtime } = lstatSync(from);
  try {
    await copyFile(from, part);
    utimesSync(part, atime, mtime);
    sync(part);
    const copied = await sha256Of(part);
    if (copied !== sha256) throw new Error(`the copy ${part} has other content (SHA-256 ${copied}, not ${sha256})`);
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  syncFolder(dirname(to));
  rmSync(from);
}

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** Not every file system can sync a folder. */
function syncFolder(path: string): void {
  try {
    sync(path);
  } catch (error) {
    if (!["EINVAL", "ENOTSUP", "EPERM", "EISDIR", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
