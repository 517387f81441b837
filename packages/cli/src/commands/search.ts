/** `tapline search`: plugins that there are, in npm's registry and on Meltano's hub. */
import { Args, Command, Flags } from "@oclif/core";
import { wrap } from "@tapline/protocol/text";
import { type FoundPlugin, hubAddress, searchPlugins } from "@tapline/runner";
import { installing } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";
import { clean, columnsOf, printLines } from "../terminal.ts";

export default class Search extends Command {
  static override description = `Finds plugins by a word in their name or description.

It asks npm for packages with the keyword tapline-plugin, in the registry that npm is configured for, and Meltano's hub for its definitions, which are plugins in Python. Each result has the command that adds it.

A place that can't be asked is told, and the rest is shown. A clone of the hub can be searched without a network.`;
  static override examples = [
    "<%= config.bin %> search orders",
    "<%= config.bin %> search github --hub ./hub/_data/meltano",
    "<%= config.bin %> search csv --only npm --json",
  ];
  static override args = { word: Args.string({ description: "A word, such as github.", required: true }) };
  static override flags = {
    hub: Flags.string({
      description: "The hub's address, or a folder of definitions, such as a clone's _data/meltano.",
      default: hubAddress,
    }),
    only: Flags.string({ description: "Ask only this place.", options: ["npm", "hub"] }),
    json: Flags.boolean({ description: "Print JSON." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Search);
    await conclude(async () => {
      const options = { npm: flags.only !== "hub", hub: flags.only === "npm" ? undefined : flags.hub };
      const how = { ...installing(true), folder: process.cwd(), processEnv: process.env };
      const { plugins, problems } = await searchPlugins(args.word, options, how);
      const asked = [options.npm, options.hub !== undefined].filter(Boolean).length;
      if (flags.json) process.stdout.write(`${JSON.stringify({ plugins, problems }, null, 2)}\n`);
      else {
        printLines(plugins.flatMap((plugin) => linesOf(plugin, columnsOf(process.stdout))).map(clean));
        if (plugins.length === 0 && problems.length < asked)
          printLines([
            `No plugin has ${JSON.stringify(args.word)} in its name or description. Write one: tapline new tap ${nameLike(args.word)}`,
          ]);
      }
      return endOf(problems, asked);
    });
  }
}

/** Prints what could not be asked. A search in which nothing could be asked has failed. */
function endOf(problems: readonly string[], asked: number): number {
  for (const problem of problems) process.stderr.write(`${wrap(clean(`${problem}.`), columnsOf(process.stderr)).join("\n")}\n`);
  return problems.length === asked ? exitCodes.failed : exitCodes.done;
}

/** The plugin, what it is, and what adds it; the last one is whole, to be copied. */
function linesOf({ name, version, source, description, add }: FoundPlugin, width: number | undefined): string[] {
  const first = `${name}${version === undefined ? "" : ` ${version}`}  (${source})`;
  return [
    first,
    ...(description === "" ? [] : wrap(description, width === undefined ? undefined : width - 2).map((line) => `  ${line}`)),
    `  ${add}`,
  ];
}

/** A name for a plugin of one's own. */
const nameLike = (word: string): string =>
  word
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "") || "NAME";
