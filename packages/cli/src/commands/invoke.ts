/** `tapline invoke`: a plugin by itself, with its config. */
import { Args, Command, Flags } from "@oclif/core";
import { invokePlugin, openProject } from "@tapline/runner";
import { conclude } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";

export default class Invoke extends Command {
  static override description = `Runs a plugin by itself with its config from tapline.yml, on this terminal. Its exit code is the command's.

Taps, targets and mappers get --config; other programs, such as dbt, get their arguments alone. What stands behind the plugin's name is the plugin's; write -- before it where tapline would understand it (--help).`;
  static override examples = [
    "<%= config.bin %> invoke tap-csv --discover",
    "<%= config.bin %> invoke -e prod dbt run --select orders",
    "<%= config.bin %> invoke tap-csv -- --help",
  ];
  static override args = {
    plugin: Args.string({ description: "The plugin.", required: true }),
    arguments: Args.string({ description: "Its arguments." }),
  };
  static override flags = { environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }) };

  async run(): Promise<void> {
    const [own, theirs] = split(this.argv);
    const { args, flags } = await this.parse(Invoke, own);
    await conclude(() =>
      invokePlugin({
        project: openProject(process.cwd()),
        name: args.plugin,
        args: theirs,
        environment: flags.environment,
        binFolders: ownBinFolders,
        stop: catchSignals().asked,
      }),
    );
  }
}

/** What is typed up to the plugin's name, and what is typed behind it. */
function split(argv: readonly string[]): [string[], string[]] {
  const name = argv.findIndex((word, at) => !word.startsWith("-") && argv[at - 1] !== "-e" && argv[at - 1] !== "--environment");
  if (name < 0) return [[...argv], []];
  const behind = argv.slice(name + 1);
  return [argv.slice(0, name + 1), behind[0] === "--" ? behind.slice(1) : behind];
}
