/** `tapline install`: what the project names, as it is locked. */
import { Args, Command, Flags } from "@oclif/core";
import { checkPluginName, installPlugins, openProject } from "@tapline/runner";
import { installing, sayInstalled } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";

export default class Install extends Command {
  static override description =
    "Installs the plugins of this project that are not there yet, in the exact versions of the lock files; Python packages they need, such as dbt, too.";
  static override examples = ["<%= config.bin %> install", "<%= config.bin %> install tap-github"];
  static override args = { plugin: Args.string({ description: "Only this one." }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml whose plugins are meant." }),
    quiet: Flags.boolean({ char: "q", description: "Don't show what npm, pip or uv say." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Install);
    await conclude(async () => {
      const project = openProject(process.cwd());
      const names = args.plugin === undefined ? [] : [checkPluginName(project, args.plugin)];
      const installed = await installPlugins(project, names, installing(flags.quiet), {
        environment: flags.environment,
        binFolders: ownBinFolders,
      });
      for (const each of installed) sayInstalled("installed", each);
      if (installed.length === 0) process.stdout.write("All plugins of this project are installed.\n");
      return exitCodes.done;
    });
  }
}
