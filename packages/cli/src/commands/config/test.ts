/** `tapline config test`: whether a plugin works with its settings. */
import { Args, Command, Flags } from "@oclif/core";
import { checkPluginName, openProject, testPlugin } from "@tapline/runner";
import { conclude, exitCodes, printFailure } from "../../outcome.ts";
import { ownBinFolders } from "../../plugin-folders.ts";
import { durationOf } from "../../run-arguments.ts";
import { catchSignals } from "../../signals.ts";
import { clean } from "../../terminal.ts";

export default class ConfigTest extends Command {
  static override description = `Tests a plugin with its settings.

The settings are checked against the schema in the plugin's --about. Then the plugin tests itself (--test), if it can: targets connect and try whether a load may begin, without a change; taps read their first rows. Another tap is run with --discover. Of other plugins, the connection is not tested.`;
  static override examples = ["<%= config.bin %> config test tap-csv", "<%= config.bin %> config test target-postgres --environment prod"];
  static override args = { plugin: Args.string({ description: "A plugin of tapline.yml.", required: true }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    timeout: Flags.string({ default: "2m", description: "Stop the plugin after this time, such as 30s or 10m." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigTest);
    await conclude(async () => {
      const stop = catchSignals();
      const project = openProject(process.cwd());
      const { checked, failure } = await testPlugin({
        project,
        plugin: checkPluginName(project, args.plugin),
        environment: flags.environment,
        binFolders: ownBinFolders,
        timeoutMs: durationOf(flags.timeout),
        stop: stop.asked,
        onEvent(event) {
          if (event.kind === "log") process.stderr.write(`${clean(`${args.plugin}: ${event.message}`)}\n`);
        },
      });
      if (checked.length > 0) process.stdout.write(`${args.plugin}: ${checked.join(" ")}\n`);
      if (stop.signal !== undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
      if (failure === null) return exitCodes.done;
      printFailure(failure);
      return exitCodes.failed;
    });
  }
}
