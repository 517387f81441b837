/** Hands the command line to oclif. Commands live in `commands/`, one file each, and are thin: the work is in the runner. */
import { handle, run, settings } from "@oclif/core";
import { argumentError } from "./argument-errors.ts";
import { conclude } from "./outcome.ts";

/** `binUrl` is the file that was started: oclif finds package.json from there. */
export async function start(binUrl: string): Promise<void> {
  // Otherwise oclif looks for a TypeScript compiler if NODE_ENV is "test" or "development".
  settings.enableAutoTranspile = false;
  try {
    // Not oclif's execute(): it waits for stdout to drain, which never happens once the reader has left. Node writes the rest before it ends.
    await run(process.argv.slice(2), binUrl);
  } catch (error) {
    const mistake = argumentError(error, process.argv.slice(2));
    if (mistake === undefined) await handle(error as Error);
    else await conclude(() => Promise.reject(mistake), { json: process.argv.includes("--json") });
  }
}
