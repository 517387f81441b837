/** What targets that write files into a folder have in common: their errors, and the making of the folder. */
import { lstatSync, statSync } from "node:fs";
import type { ErrorEntry } from "@tapline/protocol";
import { makeFolder } from "./make-folder.ts";

/** For the catalogue of a target whose setting destination_path names the folder. */
export const folderErrorEntries = {
  folder_unusable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The folder ${p.path} can't be used: ${p.reason}`,
    hint: "Set destination_path to a folder that exists or can be created, and that this user may write to.",
  },
  write_failed: {
    class: "connection",
    message: (p: { path: string; reason: string }) => `Writing ${p.path} failed: ${p.reason}`,
    hint: "Nothing after the last STATE was kept. Free disk space or fix the permissions, then run again.",
  },
  destination_busy: {
    class: "config",
    message: (p: { path: string; pid: number }) => `The folder ${p.path} is being written by process ${p.pid}`,
    hint: "Wait until it ends, or give each target its own destination_path.",
  },
} as const satisfies Record<string, ErrorEntry>;

/**
 * Makes the folder and those above it. Throws what `refuse` makes of the path and the reason why it can't be made.
 * @example useFolder("out", (path, reason) => new Error(`${path}: ${reason}`));
 */
export function useFolder(path: string, refuse: (path: string, reason: string, cause: Error) => Error): void {
  try {
    makeFolder(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw refuse(path, code === "EEXIST" ? whyNotMade(path) : (code ?? message), error as Error);
  }
}

/** Why there can be no folder where something else is. */
export function whyNotMade(path: string): string {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return "it is a file";
  return lstatSync(path, { throwIfNoEntry: false }) === undefined ? "it is gone" : "it is a link, and what it points to is not there";
}
