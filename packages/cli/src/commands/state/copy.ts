/** `tapline state copy`: lets another pipe continue from the bookmark of this one. */
import { Args, Command, Flags } from "@oclif/core";
import { changeState } from "@tapline/runner";
import { betweenIds } from "../../between-ids.ts";
import { conclude, exitCodes } from "../../outcome.ts";
import { printLines } from "../../terminal.ts";

export default class StateCopy extends Command {
  static override description = "Copies the state of one id to another id, also into the store of another environment.";
  static override examples = ["<%= config.bin %> state copy dev:tap-csv-to-target-duckdb prod:tap-csv-to-target-duckdb"];
  static override args = {
    from: Args.string({ description: "The id to copy, see: tapline state list", required: true }),
    to: Args.string({ description: "The id to copy it to.", required: true }),
  };
  static override flags = { force: Flags.boolean({ description: "Replace the state that is there." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StateCopy);
    await conclude(async () => {
      await betweenIds(args, flags.force, ({ destination, arrival }) => changeState(destination, "copy", arrival));
      printLines([`Copied ${args.from} to ${args.to}.`]);
      return exitCodes.done;
    });
  }
}
