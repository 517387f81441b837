/** Reads a plugin's version from its package.json, so that it is written in one place. */
import { readFileSync } from "node:fs";

/**
 * The version in the package.json one folder above the module: call it from a file directly in `src` or `dist`.
 * @example export default defineTap({ name: "tap-x", version: packageVersion(import.meta.url), … })
 */
export function packageVersion(moduleUrl: string): string {
  return JSON.parse(readFileSync(new URL("../package.json", moduleUrl), "utf8")).version;
}
