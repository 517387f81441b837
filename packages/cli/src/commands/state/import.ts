/** `tapline state import`: writes exported states to the store, all of them or none. */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Args, Command, Flags } from "@oclif/core";
import { parseExact } from "@tapline/protocol";
import { changeState, environmentOf, normalizeState, openProject, openStore } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { refuseToReplace } from "../../replace-state.ts";
import { checkStateId } from "../../state-id.ts";
import { printLines } from "../../terminal.ts";
import { usage } from "../../usage.ts";

export default class StateImport extends Command {
  static override description = "Imports the states of a file from tapline state export: all of them, or none.";
  static override examples = ["<%= config.bin %> state import states.json", "<%= config.bin %> state import - --force < states.json"];
  static override args = {
    file: Args.string({ description: "A JSON file, or - to read it from stdin.", required: true, ignoreStdin: true }),
  };
  static override flags = {
    environment: Flags.string({ char: "e", description: "Import into the store of this environment." }),
    force: Flags.boolean({ description: "Replace states that are already there." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StateImport);
    await conclude(async () => {
      const project = openProject(process.cwd());
      const states = readStates(await read(args.file));
      await using store = await openStore(project, environmentOf(project, flags.environment));
      const kept = await refuseToReplace(
        store,
        states.map(({ stateId }) => stateId),
        flags.force,
      );
      await changeState(store, "import", ...states.map((state, at) => ({ ...state, expected: kept[at] ?? null })));
      printLines([`Imported ${states.length} ${states.length === 1 ? "state" : "states"} into ${store.place}.`]);
      return exitCodes.done;
    });
  }
}

async function read(file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw usage.states_not_json({ reason: (error as Error).message });
  }
}

function readStates(json: string): { stateId: string; value: string }[] {
  let states: unknown;
  try {
    states = parseExact(json);
  } catch (error) {
    throw usage.states_not_json({ reason: (error as Error).message });
  }
  if (typeof states !== "object" || states === null || Array.isArray(states))
    throw usage.states_not_json({ reason: "it is no JSON object" });
  return Object.entries(states).map(([stateId, state]) => ({ stateId: checkStateId(stateId), value: normalizeState(state) }));
}
