/** `tapline state export`: prints states as one JSON object, as a backup or for another store. */
import { Command, Flags } from "@oclif/core";
import { environmentOf, openProject, openStore, type StoredState } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { checkStateId } from "../../state-id.ts";
import { keptState } from "../../state-store.ts";

export default class StateExport extends Command {
  static override description = "Prints states by id as one JSON object, with every digit. tapline state import reads it.";
  static override examples = [
    "<%= config.bin %> state export > states.json",
    "<%= config.bin %> state export dev:tap-csv-to-target-duckdb > states.json",
  ];
  static override strict = false;
  static override flags = {
    environment: Flags.string({ char: "e", description: "Read the store of this environment." }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(StateExport);
    await conclude(async () => {
      const project = openProject(process.cwd());
      await using store = await openStore(project, environmentOf(project, flags.environment));
      const ids = (argv as string[]).map(checkStateId);
      const states = ids.length === 0 ? await store.states() : await Promise.all(ids.map((id) => keptState(store, id)));
      process.stdout.write(asObject(states));
      return exitCodes.done;
    });
  }
}

/** The JSON texts are printed as they are kept, so that no digit changes. */
function asObject(states: readonly StoredState[]): string {
  if (states.length === 0) return "{}\n";
  return `{\n${states.map(({ stateId, value }) => `  ${JSON.stringify(stateId)}: ${value}`).join(",\n")}\n}\n`;
}
