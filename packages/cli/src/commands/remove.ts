/** `tapline remove`: removes a plugin from the project. */
import { Args, Command, Flags } from "@oclif/core";
import { TaplineError } from "@tapline/protocol";
import { describeHeldSlots, environmentsOf, openProject, openStore, type Project, removePlugin, slotsIn } from "@tapline/runner";
import { installing } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";
import { clean } from "../terminal.ts";

export default class Remove extends Command {
  static override description =
    "Removes a plugin from tapline.yml, and uninstalls what tapline installed for it alone. Its bookmarks and its history stay.";
  static override examples = ["<%= config.bin %> remove tap-csv"];
  static override args = { plugin: Args.string({ description: "The plugin.", required: true }) };
  static override flags = { quiet: Flags.boolean({ char: "q", description: "Don't show the output of npm." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Remove);
    await conclude(async () => {
      const project = openProject(process.cwd());
      const slots = await slotsOf(project, args.plugin);
      const kept = await removePlugin(project, args.plugin, installing(flags.quiet));
      process.stdout.write(`removed  ${args.plugin}\n`);
      if (kept !== undefined) process.stdout.write(`kept     ${clean(kept.what)}: ${clean(kept.why)}\n`);
      for (const line of describeHeldSlots(slots)) process.stdout.write(`${clean(line)}\n`);
      return exitCodes.done;
    });
  }
}

/** What sources keep for the bookmarks of the tap, in the stores of all environments. One that can't be reached does not keep a plugin in the project. */
async function slotsOf(project: Project, plugin: string): Promise<string[]> {
  const found: string[] = [];
  for (const environment of environmentsOf(project)) {
    try {
      await using store = await openStore(project, environment);
      const states = await store.states();
      found.push(...slotsIn(states.filter(({ stateId }) => stateId.split(":")[1]?.startsWith(`${plugin}-to-`)).map(({ value }) => value)));
    } catch (error) {
      if (!(error instanceof TaplineError)) throw error;
    }
  }
  return [...new Set(found)];
}
