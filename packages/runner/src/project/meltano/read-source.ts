/** Reads the files of a Meltano project. Nothing in it is written. */

import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { isObject } from "@tapline/protocol";
import { errors } from "../../errors.ts";
import { matchesGlob } from "../glob.ts";
import { readText } from "../project-files.ts";
import { parseYaml, type YamlFile } from "../yaml-file.ts";
import type { MeltanoSource } from "./source.ts";

const lockFolders = ["extractors", "loaders", "mappers", "utilities", "transformers", "orchestrators"];

/** @throws project_unreadable, project_not_yaml, project_invalid, include_outside */
export function readMeltanoSource(folder: string): MeltanoSource {
  const path = join(folder, "meltano.yml");
  const main = readFile(path);
  const patterns = isObject(main.value) && Array.isArray(main.value.include_paths) ? main.value.include_paths : [];
  const included = patterns.filter((pattern) => typeof pattern === "string").flatMap((pattern) => filesOf(folder, pattern, main));
  const others = [...new Set(included)].filter((each) => each !== path);
  return { folder, files: [main, ...others.map(readFile)], locks: readLocks(folder) };
}

function readFile(path: string): YamlFile {
  const file = parseYaml(readText(path), path);
  if (!isObject(file.value)) throw errors.project_invalid({ problems: ["the file must be an object"] }, { file: path });
  return file;
}

/** Meltano writes them; whoever deletes them has no definitions. */
function readLocks(folder: string): Map<string, Record<string, unknown>> {
  const locks = new Map<string, Record<string, unknown>>();
  for (const type of lockFolders) {
    const inside = join(folder, "plugins", type);
    if (!existsSync(inside)) continue;
    for (const name of readdirSync(inside).filter((each) => each.endsWith(".lock"))) {
      const { value } = readFile(join(inside, name));
      if (isObject(value)) locks.set(`${type}/${name.slice(0, -".lock".length)}`, value);
    }
  }
  return locks;
}

/** The files of a pattern, in which `**` stands for any folders, sorted. */
function filesOf(folder: string, pattern: string, main: YamlFile): string[] {
  const way = relative(folder, resolve(folder, pattern));
  if (way.startsWith("..")) throw errors.include_outside({ pattern }, { file: main.path, ...main.locate(["include_paths"]) });
  return walk(folder, way.split(/[/\\]/)).sort();
}

function walk(folder: string, [part = "", ...more]: readonly string[]): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (part === "**") {
    const inner = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules");
    return [...walk(folder, more), ...inner.flatMap((entry) => walk(join(folder, entry.name), [part, ...more]))];
  }
  const matching = entries.filter((entry) => matchesGlob(part, entry.name) && (part.startsWith(".") || !entry.name.startsWith(".")));
  return matching.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (more.length > 0) return entry.isDirectory() ? walk(path, more) : [];
    return entry.isDirectory() ? [] : [path];
  });
}
