/** Finds the packages and files of this repository. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "./imports.ts";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Folders of all packages and plugins, relative to the root. */
export function workspaces(): string[] {
  return ["packages", "plugins"]
    .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
    .filter((path) => statSync(join(root, path)).isDirectory());
}

export function manifest(workspace: string): {
  name: string;
  version: string;
  private?: boolean;
  bin?: Record<string, string>;
  files?: string[];
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
} {
  return JSON.parse(readFileSync(join(root, workspace, "package.json"), "utf8"));
}

/** Files below a folder (relative to `base`) whose name ends with `ending`, sorted. */
export function filesBelow(folder: string, ending: string, base = root): string[] {
  const entries = readdirSync(join(base, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" || entry.name === "dist" ? [] : filesBelow(path, ending, base);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

/** The code of these folders, without tests: files in folders named `test` and files named `*.test.ts` are left out. */
export function sourceFiles(folders: readonly string[], base = root): SourceFile[] {
  return folders
    .flatMap((folder) => [".ts", ".tsx", ".js", ".mjs"].flatMap((ending) => filesBelow(folder, ending, base)))
    .filter((path) => !path.endsWith(".test.ts") && !path.includes("/test/"))
    .map((path) => ({ path, text: readFileSync(join(base, path), "utf8") }));
}
