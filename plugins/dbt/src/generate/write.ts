/**
 * Puts generated files into a dbt project. A file's first line holds a digest of the rest: where both agree nobody has touched it and
 * it may be written anew; anything else is a person's and stays.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GeneratedFile } from "./generated-file.ts";

/** Paths, as the files have them. `kept`: edited by a person, or there before. */
export function writeGenerated(
  projectDir: string,
  files: readonly GeneratedFile[],
): { written: string[]; unchanged: string[]; kept: string[] } {
  const told = { written: [] as string[], unchanged: [] as string[], kept: [] as string[] };
  for (const { path, text } of files) {
    const wanted = sealed(path, text);
    const found = read(join(projectDir, path));
    if (found === wanted) told.unchanged.push(path);
    else if (found !== undefined && !isSealed(path, found)) told.kept.push(path);
    else {
      replace(join(projectDir, path), wanted);
      told.written.push(path);
    }
  }
  return told;
}

const sealed = (path: string, text: string): string => `${seal(path, text)}\n${text}`;

function isSealed(path: string, found: string): boolean {
  // An editor or git may have changed the line ends; that is nobody's edit.
  const text = found.replaceAll("\r\n", "\n");
  const end = text.indexOf("\n");
  return end >= 0 && text.slice(0, end) === seal(path, text.slice(end + 1));
}

function seal(path: string, text: string): string {
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return `${path.endsWith(".sql") ? "--" : "#"} Made by tapline dbt generate (${digest}). Change it and it is yours: it is then never written over.`;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** By rename, so that a dbt that is reading finds the old file or the new one. */
function replace(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
}
