/**
 * The long suites: tests that need hours, other programs or much data, each a vitest file `long/<suite>.test.ts` of a package or
 * plugin. They are asked for by name, never skipped, and leave their outcome in `docs/results/<suite>.json`.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, workspaces } from "./repository.ts";

export interface LongSuite {
  name: string;
  /** The vitest file, from the root. */
  file: string;
}

export function longSuites(): LongSuite[] {
  return workspaces()
    .flatMap((workspace) => filesOf(`${workspace}/long`))
    .map((file) => ({ name: nameOf(file), file }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export const resultPath = (suite: string): string => `docs/results/${suite}.json`;

function filesOf(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name}`);
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1, -".test.ts".length);
}
