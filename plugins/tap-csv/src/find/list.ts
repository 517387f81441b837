/** Lists the inputs for a path, a folder or a pattern of the config, sorted the same way on every machine. */
import { constants, type Dirent } from "node:fs";
import { access, open, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { isWorkbookFile } from "../excel/recognize-workbook.ts";
import { fileError } from "../source/file-error.ts";
import { identityOf } from "../source/file-identity.ts";
import { type InputFile, nameOf } from "../source/source.ts";
import { listMembers } from "../source/zip.ts";
import { isGlob, matchPart, parseGlob, type Segment } from "./glob.ts";

export interface ListOptions {
  position: Position;
  /** Files outside this folder are refused. */
  root?: string | undefined;
  /** A folder or pattern without files gives no inputs instead of an error. */
  mayBeEmpty?: boolean;
}

/**
 * @throws file_missing, folder_without_csv, pattern_without_files, pattern_unusable, file_forbidden, file_unreadable,
 * path_outside_root, archive_broken, archive_without_csv, workbook_unsupported
 */
export async function listInputs(paths: string | readonly string[], options: ListOptions): Promise<InputFile[]> {
  const found = new Map<string, InputFile>();
  for (const path of [paths].flat()) {
    for (const file of await listPaths(path, options)) {
      await checkRoot(file, options);
      const isNamed = file === path && options.mayBeEmpty !== true;
      for (const input of await inputsOf(file, options.position))
        found.set(identityOf(nameOf(input)), isNamed && input.member === undefined ? { ...input, isNamed: true } : input);
    }
  }
  return [...found.values()].sort((a, b) => byCodePoint(nameOf(a), nameOf(b)));
}

async function listPaths(path: string, { position, mayBeEmpty = false }: ListOptions): Promise<string[]> {
  try {
    const kind = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" || !isGlob(path)) throw error;
    });
    if (kind === undefined) {
      const matches = await listMatches(path, position);
      if (matches.length === 0 && !mayBeEmpty) throw errors.pattern_without_files({ pattern: path }, position);
      return matches;
    }
    if (!kind.isDirectory()) return [path];
    await access(path, constants.X_OK);
    const names = (await readdir(path, { withFileTypes: true })).filter((entry) => !entry.isDirectory() && isTableName(entry.name));
    if (names.length === 0 && !mayBeEmpty) throw errors.folder_without_csv({ path }, position);
    return names.map(({ name }) => join(path, name));
  } catch (error) {
    throw fileError(path, position, error);
  }
}

const csvName = /^[^.].*\.(csv|tsv|txt)$/i;

const packed = [".csv", ".tsv", ".txt"].flatMap((end) => [end, `${end}.gz`, `${end}.zst`]);

const isText = (end: string): boolean => end.startsWith(".txt");

/** How the names of files end that `tapline load` takes for this tap. */
export const tableExtensions = [...packed.filter((end) => !isText(end)), ".zip", ".xlsx", ".xlsm"];

/** Also taken, but not beside tables in a folder: it may be a readme. */
export const textExtensions = packed.filter(isText);

/** The files that a folder stands for; a path or a pattern may name any file. */
const isTableName = (name: string): boolean =>
  csvName.test(name.replace(/\.(gz|zst)$/i, "")) || (/^[^.].*\.(zip|xlsx|xlsm)$/i.test(name) && !isLockFile(name));

/** Excel keeps one beside each workbook that is open. */
const isLockFile = (name: string): boolean => name.startsWith("~$");

/** A zip archive gives its CSV files as inputs, unless it is a workbook with another name. */
async function inputsOf(path: string, position: Position): Promise<InputFile[]> {
  if (!/\.zip$/i.test(path)) return [{ path }];
  const handle = await open(path, "r").catch((error: unknown) => {
    throw fileError(path, position, error);
  });
  try {
    if (await isWorkbookFile(handle, path, position)) return [{ path }];
    const members = (await listMembers(handle, path, position)).filter(({ name }) => csvName.test(basename(name)));
    if (members.length === 0) throw errors.archive_without_csv({ path }, position);
    const names = new Set<string>();
    for (const { name } of members) {
      if (names.has(name)) throw errors.archive_broken({ path, reason: `two files in it are named ${JSON.stringify(name)}` }, position);
      names.add(name);
    }
    return members.map(({ name }) => ({ path, member: name }));
  } finally {
    await handle.close();
  }
}

async function checkRoot(path: string, { root, position }: ListOptions): Promise<void> {
  if (root === undefined) return;
  const [real, realRoot] = await Promise.all(
    [path, root].map((one) =>
      realpath(one).catch((error: unknown) => {
        throw fileError(one, position, error);
      }),
    ) as [Promise<string>, Promise<string>],
  );
  if (!real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) throw errors.path_outside_root({ path, real, root }, position);
}

async function listMatches(pattern: string, position: Position): Promise<string[]> {
  const found = new Set<string>();
  let alternatives: Segment[][];
  try {
    alternatives = parseGlob(pattern);
  } catch (error) {
    throw errors.pattern_unusable({ pattern, reason: (error as Error).message }, position, error);
  }
  for (const segments of alternatives) for await (const path of walk("", segments)) found.add(path);
  return [...found];
}

/** Yields what matches below a folder ("" is the working directory). `**` does not follow links to folders, because they can form a loop. */
async function* walk(folder: string, [segment, ...rest]: readonly Segment[]): AsyncGenerator<string> {
  if (segment === undefined) return;
  const isLast = rest.length === 0;
  const below = (name: string): string => (folder === "" ? name : join(folder, name));
  if (segment.kind === "literal") {
    const path = segment.name === "" && folder === "" ? sep : below(segment.name);
    const kind = await stat(path).catch((error: NodeJS.ErrnoException) => {
      // A folder that may not be read, or whose server is gone, must not look like one without the file.
      if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(error.code ?? "")) throw error;
    });
    if (kind === undefined) return;
    if (!isLast) yield* walk(path, rest);
    else if (!kind.isDirectory()) yield path;
    return;
  }
  for (const entry of await entriesOf(folder)) {
    const path = below(entry.name);
    const isHidden = entry.name.startsWith(".");
    if (segment.kind === "folders") {
      if (isHidden) continue;
      if (entry.isDirectory()) yield* walk(path, [segment, ...rest]);
      else if (isLast && isTableName(entry.name)) yield path;
    } else if ((!isHidden || segment.showsHidden) && !isLockFile(entry.name) && matchPart(segment.pieces, entry.name)) {
      if (!isLast) yield* walk(path, rest);
      else if (!(await stat(path).catch(() => undefined))?.isDirectory()) yield path;
    }
  }
  // `**` also matches no folder at all.
  if (segment.kind === "folders" && !isLast) yield* walk(folder, rest);
}

/** Empty when the path is not a folder; a folder that may not be read is an error. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder === "" ? "." : folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [];
    throw error;
  }
}

/** The order of `ls` in the C locale. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
