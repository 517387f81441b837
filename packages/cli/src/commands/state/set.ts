/** `tapline state set`: replaces a state by hand, digit for digit. */
import { text } from "node:stream/consumers";
import { Args, Command } from "@oclif/core";
import { parseExact, readState } from "@tapline/protocol";
import { makeRunId, openProject, openStore } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { checkStateId } from "../../state-id.ts";
import { usage } from "../../usage.ts";

export default class StateSet extends Command {
  static override description = "Replaces the state kept under an id; the next run starts from it.";
  static override examples = [
    `<%= config.bin %> state set dev:tap-csv-to-target-duckdb '{"bookmarks":{"items":{"replication_key":"updated","replication_key_value":"2026-01-01"}}}'`,
    "<%= config.bin %> state set dev:tap-csv-to-target-duckdb - < state.json",
  ];
  static override args = {
    id: Args.string({ description: "The state's id.", required: true }),
    state: Args.string({ description: "A JSON object, or - to read it from stdin.", required: true, ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(StateSet);
    await conclude(async () => {
      const id = checkStateId(args.id);
      const value = JSON.stringify(readState(parse(args.state === "-" ? await text(process.stdin) : args.state)));
      using store = openStore(openProject(process.cwd()).folder);
      store.changeState(id, makeRunId(new Date()), value);
      process.stdout.write(`Kept under ${id}.\n`);
      return exitCodes.done;
    });
  }
}

function parse(json: string): unknown {
  try {
    return parseExact(json);
  } catch (error) {
    throw usage.state_not_json({ reason: (error as Error).message });
  }
}
