/** Our plugins as users install them. A clone runs slower-starting files (docs/adr/0023), so a copy without sources is measured. */
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const copied = new Set<string>();

/**
 * The executable of a copy that runs from the bundle. What the bundle leaves out is found in the node_modules of this clone.
 * @throws Error where there is no bundle: `npm run bench` makes it first
 */
export function publishedPlugin(name: string): string {
  const folder = join(root, "plugins", name);
  const copy = join(root, ".cache/bench/plugins", name);
  if (!copied.has(name)) {
    if (!existsSync(join(folder, "bundle"))) throw new Error(`${folder} has no bundle: run npm run bundle`);
    rmSync(copy, { recursive: true, force: true });
    for (const part of ["bin", "bundle", "package.json", "about.json"]) cpSync(join(folder, part), join(copy, part), { recursive: true });
    copied.add(name);
  }
  return join(copy, "bin", `${name}.js`);
}
