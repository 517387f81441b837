/** Reads the files of a Meltano project. Nothing in it is written. */

import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { isObject, parseExact } from "@tapline/protocol";
import { errors } from "../../errors.ts";
import { matchesGlob } from "../glob.ts";
import { readText } from "../project-files.ts";
import { parseYaml, type YamlFile } from "../yaml-file.ts";
import type { Locks, MeltanoSource } from "./source.ts";

const lockFolders = ["extractors", "loaders", "mappers", "utilities", "transformers", "orchestrators"];

/** @throws project_unreadable, project_not_yaml, project_invalid, include_outside */
export function readMeltanoSource(folder: string): MeltanoSource {
  const path = join(folder, "meltano.yml");
  const main = readFile(path);
  const patterns = isObject(main.value) && Array.isArray(main.value.include_paths) ? main.value.include_paths : [];
  const included = patterns.filter((pattern) => typeof pattern === "string").flatMap((pattern) => filesOf(folder, pattern, main));
  const others = [...new Set(included)].filter((each) => each !== path);
  return { folder, files: [main, ...others.map(readFile)], locks: locksIn(folder) };
}

function readFile(path: string): YamlFile {
  const file = parseYaml(readText(path), path);
  if (!isObject(file.value)) throw errors.project_invalid({ problems: ["the file must be an object"] }, { file: path });
  return file;
}

/** They are read when they are asked for: each may have hundreds of settings. */
function locksIn(folder: string): Locks {
  const names = lockFolders.flatMap((type) => {
    const inside = join(folder, "plugins", type);
    const files = existsSync(inside) ? readdirSync(inside).filter((each) => each.endsWith(".lock")) : [];
    return files.map((each) => `${type}/${each.slice(0, -".lock".length)}`);
  });
  return {
    names,
    read(name) {
      if (!names.includes(name)) return undefined;
      const path = join(folder, "plugins", `${name}.lock`);
      return parseLock(readText(path)) ?? (readFile(path).value as Record<string, unknown>);
    },
  };
}

/** Meltano writes JSON. undefined: it is none. */
function parseLock(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseExact(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
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
