/** Hands the command line to oclif. Commands live in `commands/`, one file each, and are thin: the work is in the runner. */
import { handle, run, settings } from "@oclif/core";

/** `binUrl` is the file that was started: oclif finds package.json from there. */
export async function start(binUrl: string): Promise<void> {
  // Else oclif looks for a TypeScript compiler wherever NODE_ENV is "test" or "development".
  settings.enableAutoTranspile = false;
  try {
    // oclif's execute() also waits for stdout to drain, which it never does once its reader has left. Node writes what is left before it ends.
    await run(process.argv.slice(2), binUrl);
  } catch (error) {
    await handle(error as Error);
  }
}
