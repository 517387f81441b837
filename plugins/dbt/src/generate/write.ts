/**
 * Writes generated files into a dbt project. The first line of a file has a digest of the rest: if both agree, nobody has edited the file
 * and it may be overwritten. Any other file is left as it is.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GeneratedFile } from "./generated-file.ts";

/** Returns paths relative to the project. `kept`: files that were edited or already existed. */
export function writeGenerated(
  projectDir: string,
  files: readonly GeneratedFile[],
): { written: string[]; unchanged: string[]; kept: string[] } {
  const result = { written: [] as string[], unchanged: [] as string[], kept: [] as string[] };
  for (const { path, text } of files) {
    const wanted = sealed(path, text);
    const found = read(join(projectDir, path));
    if (found === wanted) result.unchanged.push(path);
    else if (found !== undefined && !isSealed(path, found)) result.kept.push(path);
    else {
      replace(join(projectDir, path), wanted);
      result.written.push(path);
    }
  }
  return result;
}

const sealed = (path: string, text: string): string => `${seal(path, text)}\n${text}`;

function isSealed(path: string, found: string): boolean {
  // Line ends that an editor or git changed do not count as an edit.
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

/** Writes by rename, so that a dbt that is reading finds either the old file or the new one. */
function replace(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
