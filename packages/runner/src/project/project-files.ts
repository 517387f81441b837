/** Reads tapline.yml and the files it includes as one. Each plugin and job may be in only one file; environments are merged. */

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { errors } from "../errors.ts";
import type { ParsedFile, ParsedProject } from "../model/project.ts";
import type { ProjectFile } from "../model/project-schema.ts";
import { isGlob, matchesGlob } from "./glob.ts";
import { mergeDeep } from "./merge.ts";
import { parseProject } from "./project-file.ts";

/** @throws project_unreadable, project_not_yaml, project_invalid, include_missing, include_conflict */
export function readProjectFiles(path: string): ParsedProject {
  const main = parseProject(readText(path), path);
  const patterns = main.file.include ?? [];
  const included = patterns.flatMap((pattern, index) => {
    const found = filesAt(resolve(dirname(path), pattern));
    if (found.length === 0) throw errors.include_missing({ pattern }, main.locate(["include", index]));
    return found;
  });
  const others = [...new Set(included)].filter((each) => each !== path);
  return combine([main, ...others.map((each) => parseProject(readText(each), each, "included"))]);
}

export function combine(files: readonly ParsedFile[]): ParsedProject {
  for (const what of ["plugins", "jobs"] as const) refuseTwice(files, what);
  return {
    file: files.reduce<unknown>((under, { file }) => mergeDeep(file, under), {}) as ProjectFile,
    files,
    locate(...paths) {
      for (const path of paths) {
        const place = files.map((file) => file.locate(path)).find(({ line }) => line !== undefined);
        if (place !== undefined) return place;
      }
      return {};
    },
  };
}

function refuseTwice(files: readonly ParsedFile[], what: "plugins" | "jobs"): void {
  const holders = new Map<string, ParsedFile>();
  for (const each of files) {
    for (const name of Object.keys(each.file[what] ?? {})) {
      const other = holders.get(name);
      if (other !== undefined)
        throw errors.include_conflict({ what: what.slice(0, -1), name, other: other.path }, each.locate([what, name]));
      holders.set(name, each);
    }
  }
}

function filesAt(path: string): string[] {
  const [folder, last] = [dirname(path), basename(path)];
  try {
    const names = readdirSync(folder).sort();
    return names.filter((name) => (isGlob(last) ? matchesGlob(last, name) : name === last)).map((name) => resolve(folder, name));
  } catch {
    return [];
  }
}

export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw errors.project_unreadable({ reason: (error as Error).message }, { file: path }, error);
  }
}
