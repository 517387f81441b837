/** Finds the project: the folder with tapline.yml, here or above. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { errors } from "../errors.ts";

/** @throws project_missing */
export function findProjectFolder(from: string): string {
  const folder = findFolder(resolve(from));
  if (folder === undefined) throw errors.project_missing({ folder: resolve(from) });
  return folder;
}

/** undefined: there is none. `from` must be absolute. */
export function findFolder(from: string): string | undefined {
  if (existsSync(join(from, "tapline.yml"))) return from;
  const above = dirname(from);
  return above === from ? undefined : findFolder(above);
}
