/** Finds the files that a path, a folder or a pattern of a config stands for. */
import { constants, type Dirent } from "node:fs";
import { access, readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Position, TaplineError } from "@tapline/protocol";
import { fileErrors as errors } from "./errors.ts";
import { fileError } from "./file-error.ts";
import { isGlob, matchPart, parseGlob, type Segment } from "./glob.ts";

export interface FindFilesOptions {
  position: Position;
  /** Files outside this folder are refused. */
  root?: string | undefined;
  /** A folder or pattern without files gives none instead of an error. */
  mayBeEmpty?: boolean;
  /** By name: the files that a folder stands for, and a pattern that ends with `**`. A path or a pattern may name any file. */
  takes: (name: string) => boolean;
  /** By name: files that a pattern never means, as if they were hidden. */
  isHidden?: (name: string) => boolean;
  /** The error of a folder that has none of them. */
  emptyFolder: (path: string) => TaplineError;
}

/**
 * The paths as they are spelled, in no order: sort them with `byCodePoint`.
 * @throws file_missing, pattern_without_files, pattern_unusable, file_forbidden, file_unreadable, path_outside_root, and `emptyFolder`
 * @example await findFiles("data/*.parquet", { position: { stream }, takes: (name) => name.endsWith(".parquet"), emptyFolder });
 */
export async function findFiles(path: string, options: FindFilesOptions): Promise<string[]> {
  const found = await listPaths(path, options);
  for (const file of found) await checkRoot(file, options);
  return found;
}

async function listPaths(path: string, options: FindFilesOptions): Promise<string[]> {
  const { position, mayBeEmpty = false, takes, emptyFolder } = options;
  try {
    const kind = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" || !isGlob(path)) throw error;
    });
    if (kind === undefined) {
      const matches = await listMatches(path, options);
      if (matches.length === 0 && !mayBeEmpty) throw errors.pattern_without_files({ pattern: path }, position);
      return matches;
    }
    if (!kind.isDirectory()) return [path];
    await access(path, constants.X_OK);
    const names = (await readdir(path, { withFileTypes: true })).filter((entry) => !entry.isDirectory() && takes(entry.name));
    if (names.length === 0 && !mayBeEmpty) throw emptyFolder(path);
    return names.map(({ name }) => join(path, name));
  } catch (error) {
    throw fileError(path, position, error);
  }
}

async function checkRoot(path: string, { root, position }: FindFilesOptions): Promise<void> {
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

async function listMatches(pattern: string, { position, takes, isHidden = () => false }: FindFilesOptions): Promise<string[]> {
  const found = new Set<string>();
  let alternatives: Segment[][];
  try {
    alternatives = parseGlob(pattern);
  } catch (error) {
    throw errors.pattern_unusable({ pattern, reason: (error as Error).message }, position, error);
  }
  for (const segments of alternatives) for await (const path of walk("", segments, { takes, isHidden })) found.add(path);
  return [...found];
}

/** Yields what matches below a folder ("" is the working directory). `**` does not follow links to folders, because they can form a loop. */
async function* walk(
  folder: string,
  [segment, ...rest]: readonly Segment[],
  names: Required<Pick<FindFilesOptions, "takes" | "isHidden">>,
): AsyncGenerator<string> {
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
    if (!isLast) yield* walk(path, rest, names);
    else if (!kind.isDirectory()) yield path;
    return;
  }
  for (const entry of await entriesOf(folder)) {
    const path = below(entry.name);
    const isHidden = entry.name.startsWith(".");
    if (segment.kind === "folders") {
      if (isHidden) continue;
      if (entry.isDirectory()) yield* walk(path, [segment, ...rest], names);
      else if (isLast && names.takes(entry.name)) yield path;
    } else if ((!isHidden || segment.showsHidden) && !names.isHidden(entry.name) && matchPart(segment.pieces, entry.name)) {
      if (!isLast) yield* walk(path, rest, names);
      else if (!(await stat(path).catch(() => undefined))?.isDirectory()) yield path;
    }
  }
  // `**` also matches no folder at all.
  if (segment.kind === "folders" && !isLast) yield* walk(folder, rest, names);
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

/**
 * The order of `ls` in the C locale.
 * @example names.sort(byCodePoint)
 */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
