/** `tapline discover`: prints a tap's catalog to stdout, and its log lines to stderr. */
import { Args, Command, Flags } from "@oclif/core";
import { discover, openProject } from "@tapline/runner";
import { conclude, exitCodes, printFailure } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";
import { printLines } from "../terminal.ts";

export default class Discover extends Command {
  static override description = "Prints the catalog of a tap: its streams with their schemas.";
  static override examples = ["<%= config.bin %> discover tap-csv", "<%= config.bin %> discover tap-csv > catalog.json"];
  static override args = { tap: Args.string({ description: "The tap, as in tapline.yml.", required: true }) };
  static override flags = { environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Discover);
    await conclude(async () => {
      const stop = catchSignals();
      const found = await discover({
        project: openProject(process.cwd()),
        tap: args.tap,
        environment: flags.environment,
        binFolders: ownBinFolders,
        stop: stop.asked,
        onEvent(event) {
          if (event.kind === "log") printLines([`${args.tap}: ${event.message}`], process.stderr);
        },
      });
      if (stop.signal !== undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
      if ("failure" in found) {
        printFailure(found.failure);
        return exitCodes.failed;
      }
      process.stdout.write(found.catalog.endsWith("\n") ? found.catalog : `${found.catalog}\n`);
      return exitCodes.done;
    });
  }
}
