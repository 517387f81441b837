/** `tapline install`: installs the plugins of the project with the locked versions. */
import { Args, Command, Flags } from "@oclif/core";
import { checkPluginName, installPlugins, openProject } from "@tapline/runner";
import { installing, printInstalled } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";

export default class Install extends Command {
  static override description =
    "Installs the plugins of this project that are missing, with the exact versions of the lock files, and the Python packages they need, such as dbt.";
  static override examples = ["<%= config.bin %> install", "<%= config.bin %> install tap-github"];
  static override args = { plugin: Args.string({ description: "Install only this plugin." }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml whose plugins to install." }),
    quiet: Flags.boolean({ char: "q", description: "Don't show the output of npm, pip or uv." }),
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
      for (const each of installed) printInstalled("installed", each);
      if (installed.length === 0) process.stdout.write("All plugins of this project are installed.\n");
      return exitCodes.done;
    });
  }
}
