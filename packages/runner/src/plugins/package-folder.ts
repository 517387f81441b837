/** Folders of npm packages and what their package.json says. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Manifest {
  name?: unknown;
  version?: unknown;
  tapline?: { plugin?: unknown };
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** This folder or the nearest one above it that has a package.json. */
export function packageFolderOf(folder: string): string | undefined {
  if (existsSync(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : packageFolderOf(above);
}

export function readManifest(folder: string): Manifest | undefined {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}
