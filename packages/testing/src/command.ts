/** Finds the command that starts a plugin, and its folder, for its contract test. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The command that runs the executable of a package. @param url `import.meta.url` of a module in that package */
export function ownCommand(url: string): string[] {
  const folder = ownFolder(url);
  const [path] = Object.values(readManifest(join(folder, "package.json"))?.bin ?? {});
  if (path === undefined) throw new Error(`${folder}/package.json names no executable`);
  return [process.execPath, join(folder, path)];
}

/** The folder of the package that a module is in. @param url `import.meta.url` of the module */
export function ownFolder(url: string): string {
  for (let folder = dirname(fileURLToPath(url)); folder !== dirname(folder); folder = dirname(folder))
    if (readManifest(join(folder, "package.json")) !== undefined) return folder;
  throw new Error(`no folder above ${url} has a package.json`);
}

function readManifest(path: string): { bin?: Record<string, string> } | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
