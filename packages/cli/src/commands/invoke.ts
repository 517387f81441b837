/** `tapline invoke`: runs a plugin alone, with its config. */
import { Args, Command, Flags } from "@oclif/core";
import { invokePlugin, openProject } from "@tapline/runner";
import { conclude } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";

export default class Invoke extends Command {
  static override description =
    `Runs a plugin alone, with its config from tapline.yml, on this terminal. The exit code is that of the plugin.

Taps, targets and mappers get --config. Other programs, such as dbt, get only their arguments. Everything after the plugin's name is for the plugin; write -- before flags that tapline would take itself (--help).`;
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

/** The arguments up to the plugin's name, and those after it. */
function split(argv: readonly string[]): [string[], string[]] {
  const name = argv.findIndex((word, at) => !word.startsWith("-") && argv[at - 1] !== "-e" && argv[at - 1] !== "--environment");
  if (name < 0) return [[...argv], []];
  const after = argv.slice(name + 1);
  return [argv.slice(0, name + 1), after[0] === "--" ? after.slice(1) : after];
}
