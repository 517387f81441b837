/** What the commands of `tapline files` share: their arguments, and work on files that were put away. */
import { Args, Flags } from "@oclif/core";
import { forgetFiles, openProject, type Project, type PutAway, restoreFiles, snakeKeys, tapsWithFiles } from "@tapline/runner";
import { exitCodes } from "./outcome.ts";
import { printLines } from "./terminal.ts";
import { usage } from "./usage.ts";

export const commonFlags = {
  environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
  json: Flags.boolean({ description: "Print JSON, one object a line." }),
};

export const chosenArgs = {
  tap: Args.string({ description: "The tap that puts files away, see: tapline files list", required: true }),
  file: Args.string({ description: "One or more files: a path before or after the move, or an id." }),
};

interface Flagged {
  all: boolean;
  environment?: string | undefined;
  json: boolean;
}

/** @throws files_tap_first, and files_not_kept where no tap has any */
export function checkTap(project: Project, tap: string, environment: string | undefined): string {
  const taps = tapsWithFiles(project, environment);
  if (!taps.includes(tap)) throw usage.files_tap_first({ word: tap, taps });
  return tap;
}

/** @returns the exit code. @throws files_tap_first, files_not_chosen, and what `restoreFiles` throws */
export async function bringBack(words: readonly string[], flags: Flagged, outcome?: "failure"): Promise<number> {
  const { choice, names } = chosenBy(words, flags);
  const restored = await restoreFiles({ ...choice, ...(outcome !== undefined && { outcome }) }, names);
  print(restored, flags, { none: "No file is to be brought back.", lineOf: ({ path }) => `${path} is back, and the next run loads it` });
  return exitCodes.done;
}

/** @returns the exit code. @throws files_tap_first, files_not_chosen, and what `forgetFiles` throws */
export async function forget(words: readonly string[], flags: Flagged & { every: boolean }): Promise<number> {
  const { choice, names } = chosenBy(words, flags);
  const lineOf = ({ path, archivedAs }: PutAway): string =>
    `${path} is forgotten${archivedAs === null ? "" : `; the file stays: ${archivedAs}`}`;
  print(await forgetFiles(choice, names, flags.every), flags, { none: "No file was put away.", lineOf });
  return exitCodes.done;
}

function chosenBy([tap = "", ...names]: readonly string[], { all, environment }: Flagged) {
  const project = openProject(process.cwd());
  checkTap(project, tap, environment);
  if ((names.length === 0) === !all) throw usage.files_not_chosen({ tap });
  return { choice: { project, tap, environment }, names: all ? undefined : names };
}

function print(files: readonly PutAway[], { json }: Flagged, { none, lineOf }: { none: string; lineOf(file: PutAway): string }): void {
  if (json) printLines(files.map((file) => JSON.stringify(snakeKeys(file))));
  else printLines(files.length === 0 ? [none] : files.map(lineOf));
}
