/** Lists the inputs for a path, a folder or a pattern of the config, sorted the same way on every machine. */
import { open, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { byCodePoint, type FindFilesOptions, fileError, findFiles, type Position, TaplineError } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { isWorkbookFile } from "../excel/recognize-workbook.ts";
import { identityOf } from "../source/file-identity.ts";
import { type InputFile, nameOf } from "../source/source.ts";
import { listMembers } from "../source/zip.ts";

export interface ListOptions extends Pick<FindFilesOptions, "position" | "root" | "mayBeEmpty"> {
  /** As `mayBeEmpty`, and a file that `path` names may be missing from its folder. */
  mayBeMissing?: boolean;
}

/**
 * @throws file_missing, folder_without_csv, pattern_without_files, pattern_unusable, file_forbidden, file_unreadable,
 * path_outside_root, archive_broken, archive_without_csv, workbook_unsupported
 */
export async function listInputs(paths: string | readonly string[], options: ListOptions): Promise<InputFile[]> {
  const emptyFolder = (path: string) => errors.folder_without_csv({ path }, options.position);
  const found = new Map<string, InputFile>();
  for (const path of [paths].flat()) {
    const mayBeEmpty = options.mayBeEmpty === true || options.mayBeMissing === true;
    const files = findFiles(path, { ...options, mayBeEmpty, takes: isTableName, isHidden: isLockFile, emptyFolder });
    for (const file of await (options.mayBeMissing ? files.catch((error: unknown) => noneIfMissing(path, error)) : files)) {
      const isNamed = file === path && options.mayBeEmpty !== true;
      for (const input of await inputsOf(file, options.position))
        found.set(identityOf(nameOf(input)), isNamed && input.member === undefined ? { ...input, isNamed: true } : input);
    }
  }
  return [...found.values()].sort((a, b) => byCodePoint(nameOf(a), nameOf(b)));
}

/** Where the folder is missing too, it may not be mounted. */
async function noneIfMissing(path: string, error: unknown): Promise<string[]> {
  const isThere = error instanceof TaplineError && error.code === "file_missing" && (await stat(dirname(path)).catch(() => undefined));
  if (!isThere) throw error;
  return [];
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
