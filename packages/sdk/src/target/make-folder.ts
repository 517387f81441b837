/**
 * Makes a folder and those above it. Node's own recursive mkdir never returns below a folder in which nothing can be made, such as /proc:
 * mkdir says ENOENT there although the parent exists, and Node makes the parent again, for ever.
 */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * A folder that is there is fine. @throws the file system's error: EEXIST for a file
 * @example makeFolder("out/2026");
 */
export function makeFolder(path: string): void {
  try {
    makeOne(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    if (!isFolder(parent)) makeFolder(parent);
    makeOne(path);
  }
}

function makeOne(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !isFolder(path)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
