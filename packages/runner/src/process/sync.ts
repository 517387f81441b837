/** Has the system write a file, or the names in a folder, to the disk now. */
import { closeSync, fsyncSync, openSync } from "node:fs";

/** @throws the errors of the system */
export function sync(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
