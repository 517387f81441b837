/** Hands the command line to oclif. Commands live in `commands/`, one file each, and are thin: the work is in the runner. */
import { execute, settings } from "@oclif/core";

/** `binUrl` is the file that was started: oclif finds package.json from there. */
export async function start(binUrl: string): Promise<void> {
  // Else oclif looks for a TypeScript compiler wherever NODE_ENV is "test" or "development".
  settings.enableAutoTranspile = false;
  await execute({ dir: binUrl });
}
