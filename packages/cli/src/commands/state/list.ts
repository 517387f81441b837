/** `tapline state list`: lists the bookmarks. */
import { Command, Flags } from "@oclif/core";
import { environmentOf, openProject, openStore } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { columnsOf } from "../../terminal.ts";
import { describeStates } from "../../views/states-text.ts";

export default class StateList extends Command {
  static override description = "Lists the bookmarks that are kept, one line for each pipe.";
  static override examples = ["<%= config.bin %> state list", "<%= config.bin %> state list --json"];
  static override flags = {
    environment: Flags.string({ char: "e", description: "Read the store of this environment." }),
    json: Flags.boolean({ description: "Print one JSON object for each bookmark, one a line." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(StateList);
    await conclude(async () => {
      const project = openProject(process.cwd());
      await using store = await openStore(project, environmentOf(project, flags.environment));
      process.stdout.write(describeStates({ place: store.place, states: await store.states() }, flags.json, columnsOf(process.stdout)));
      return exitCodes.done;
    });
  }
}
