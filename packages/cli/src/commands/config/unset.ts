/** `tapline config unset`: takes one setting out of the project file. */
import { relative } from "node:path";
import { Args, Command, Flags } from "@oclif/core";
import { unsetSetting } from "@tapline/runner";
import { chooseEntry } from "../../choose-entry.ts";
import { conclude, exitCodes } from "../../outcome.ts";

export default class ConfigUnset extends Command {
  static override description = "Takes a plugin's setting out of tapline.yml.";
  static override examples = [
    "<%= config.bin %> config unset tap-csv infer",
    "<%= config.bin %> config unset target-duckdb filepath --environment prod",
  ];
  static override args = {
    plugin: Args.string({ description: "A plugin of tapline.yml.", required: true }),
    name: Args.string({ description: "The setting; dots lead into objects: login.user.", required: true }),
  };
  static override flags = { environment: Flags.string({ char: "e", description: "Remove it only from this environment." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigUnset);
    await conclude(async () => {
      const { project, plugin, environment } = chooseEntry(args.plugin, flags.environment);
      const changed = unsetSetting(project, { plugin, name: args.name, environment });
      process.stdout.write(`${relative(process.cwd(), changed)}: ${plugin}.${args.name} is no longer set\n`);
      return exitCodes.done;
    });
  }
}
