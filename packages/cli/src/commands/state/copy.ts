/** `tapline state copy`: lets another pipe go on from where this one is. */
import { Args, Command, Flags } from "@oclif/core";
import { betweenIds } from "../../between-ids.ts";
import { conclude, exitCodes } from "../../outcome.ts";
import { changeState } from "../../state-store.ts";

export default class StateCopy extends Command {
  static override description = "Keeps the state of one id under another one too, also where that one's environment has another store.";
  static override examples = ["<%= config.bin %> state copy dev:tap-csv-to-target-duckdb prod:tap-csv-to-target-duckdb"];
  static override args = {
    from: Args.string({ description: "The id to copy, see: tapline state list", required: true }),
    to: Args.string({ description: "The id to keep it under.", required: true }),
  };
  static override flags = { force: Flags.boolean({ description: "Replace what is kept there." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StateCopy);
    await conclude(async () => {
      await betweenIds(args, flags.force, ({ destination, arrival }) => changeState(destination, "copy", arrival));
      process.stdout.write(`Copied ${args.from} to ${args.to}.\n`);
      return exitCodes.done;
    });
  }
}
