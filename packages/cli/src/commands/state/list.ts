/** `tapline state list`: which bookmarks are kept. */
import { Command, Flags } from "@oclif/core";
import { parseExact } from "@tapline/protocol";
import { describeState, openProject, openStore } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { clean } from "../../terminal.ts";

export default class StateList extends Command {
  static override description = "Lists the bookmarks that are kept, one line for each pipe.";
  static override examples = ["<%= config.bin %> state list", "<%= config.bin %> state list --json"];
  static override flags = { json: Flags.boolean({ description: "Print one JSON object a line." }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(StateList);
    await conclude(async () => {
      using store = openStore(openProject(process.cwd()).folder);
      const states = store.states();
      if (states.length === 0 && !flags.json) process.stdout.write("No state is kept yet; the first run keeps one.\n");
      for (const { stateId, value, updatedAt, runId } of states) {
        const line = flags.json
          ? JSON.stringify({ state_id: stateId, state: parseExact(value), updated_at: updatedAt, run_id: runId })
          : clean(`${stateId}  ${updatedAt}  ${describeState(value)}`);
        process.stdout.write(`${line}\n`);
      }
      return exitCodes.done;
    });
  }
}
