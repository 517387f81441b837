/**
 * The long suites: tests that need hours, other programs or much data, each a vitest file `long/<suite>.test.ts` of a package or
 * plugin. They are asked for by name, never skipped, and leave their outcome in `docs/results/<suite>.json`.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, root, workspaces } from "./repository.ts";

export interface LongSuite {
  name: string;
  /** The vitest file, from the root. */
  file: string;
  /** Files and folders whose change makes an outcome old; the suite's first comment names them after "Covers:". */
  covers: readonly string[];
  /** What stands behind its name on the command line, as its first comment has it after "Takes:": usually nothing. */
  takes: readonly string[];
}

export function longSuites(): LongSuite[] {
  return workspaces()
    .flatMap((workspace) => filesOf(`${workspace}/long`))
    .map((file) => ({ name: nameOf(file), file, covers: coversOf(file), takes: takesOf(file) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export const resultPath = (suite: string): string => `docs/results/${suite}.json`;

/**
 * What stands in the covered files, as one hash. An outcome that was made from other code has another one. Dates of commits
 * would say less: a shallow clone gives every file the date of its one commit, and a rebase gives it a new one.
 */
export function codeHash(covers: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of covers.flatMap((path) => (statSync(join(root, path)).isDirectory() ? filesBelow(path, "") : [path])).sort()) {
    if (file.endsWith(".pyc")) continue;
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

function coversOf(file: string): string[] {
  const line = /^ \* Covers: (.+)$/m.exec(readFileSync(join(root, file), "utf8"))?.[1];
  if (line === undefined) throw new Error(`the first comment of ${file} has no line "Covers: path, path"`);
  return line.split(", ");
}

function takesOf(file: string): string[] {
  return /^ \* Takes: (.+)$/m.exec(readFileSync(join(root, file), "utf8"))?.[1]?.split(" ") ?? [];
}

function filesOf(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name}`);
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1, -".test.ts".length);
}
