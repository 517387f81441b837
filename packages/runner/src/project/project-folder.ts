/** Finds the project: the folder with tapline.yml or meltano.yml, here or above. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { errors } from "../errors.ts";

/** @throws project_missing */
export function findProjectFolder(from: string): string {
  const folder = findFolder(resolve(from));
  if (folder === undefined) throw errors.project_missing({ folder: resolve(from) });
  return folder;
}

/** The project of this folder is read from meltano.yml. */
export function isMeltanoFolder(folder: string): boolean {
  return !existsSync(join(folder, "tapline.yml")) && existsSync(join(folder, "meltano.yml"));
}

/** undefined: there is none. `from` must be absolute. */
export function findFolder(from: string): string | undefined {
  if (existsSync(join(from, "tapline.yml")) || isMeltanoFolder(from)) return from;
  const above = dirname(from);
  return above === from ? undefined : findFolder(above);
}
