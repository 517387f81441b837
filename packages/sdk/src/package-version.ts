/** A plugin's version, told from its package.json so that it is written down once. */
import { readFileSync } from "node:fs";

/** `packageVersion(import.meta.url)` from a file in `src` or `dist`. */
export function packageVersion(moduleUrl: string): string {
  return JSON.parse(readFileSync(new URL("../package.json", moduleUrl), "utf8")).version;
}
