/** How to start a plugin of this machine from its contract test. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The one executable of the package that the module at `url` (its `import.meta.url`) is in, run by this Node.js. */
export function ownCommand(url: string): string[] {
  for (let folder = dirname(fileURLToPath(url)); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = readManifest(join(folder, "package.json"));
    if (manifest === undefined) continue;
    const [path] = Object.values(manifest.bin ?? {});
    if (path === undefined) throw new Error(`${folder}/package.json names no executable`);
    return [process.execPath, join(folder, path)];
  }
  throw new Error(`there is no package.json above ${url}`);
}

function readManifest(path: string): { bin?: Record<string, string> } | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
