/** `tapline export meltano-state`: prints states as `meltano state import` reads them. */
import { Command, Flags } from "@oclif/core";
import { environmentOf, inMeltanoForm, openProject, openStore } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { checkStateId } from "../../state-id.ts";
import { keptState } from "../../state-store.ts";

export default class ExportMeltanoState extends Command {
  static override description = `Prints states as meltano state import reads them, to go back to Meltano or to run both for a while.

Nothing in .meltano is changed by it; meltano state import changes it.`;
  static override examples = [
    "<%= config.bin %> export meltano-state | meltano state import",
    "<%= config.bin %> export meltano-state dev:tap-github-to-target-postgres > states.json",
  ];
  static override strict = false;
  static override flags = {
    environment: Flags.string({ char: "e", description: "Read the store of this environment." }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(ExportMeltanoState);
    await conclude(async () => {
      const project = openProject(process.cwd());
      await using store = await openStore(project, environmentOf(project, flags.environment));
      const ids = (argv as string[]).map(checkStateId);
      const states = ids.length === 0 ? await store.states() : await Promise.all(ids.map((id) => keptState(store, id)));
      process.stdout.write(inMeltanoForm(project, states));
      return exitCodes.done;
    });
  }
}
