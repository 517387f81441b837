/** What the commands of `tapline files` share: their arguments, and bringing files back. */
import { Args, Flags } from "@oclif/core";
import { openProject, type Project, type PutAway, restoreFiles, snakeKeys, tapsWithFiles } from "@tapline/runner";
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
export async function bringBack(words: readonly string[], { all, environment, json }: Flagged, outcome?: "failure"): Promise<number> {
  const [tap = "", ...names] = words;
  const project = openProject(process.cwd());
  checkTap(project, tap, environment);
  if ((names.length === 0) === !all) throw usage.files_not_chosen({ tap });
  const restored = await restoreFiles({ project, tap, environment, ...(outcome !== undefined && { outcome }) }, all ? undefined : names);
  printLines(restored.length === 0 && !json ? ["No file is to be brought back."] : restored.map((file) => lineOf(file, json)));
  return exitCodes.done;
}

const lineOf = (file: PutAway, json: boolean): string =>
  json ? JSON.stringify(snakeKeys(file)) : `${file.path} is back, and the next run loads it`;
