/** `tapline backfill drop`: gives up a back-fill that is not done. */
import { Args, Command, Flags } from "@oclif/core";
import { dropBackfill } from "@tapline/runner";
import { withBackfillStore } from "../../backfill.ts";
import { conclude, exitCodes } from "../../outcome.ts";

export default class BackfillDrop extends Command {
  static override description = "Gives up a back-fill that is not done, so that another one may load its range. What it loaded stays.";
  static override examples = ["<%= config.bin %> backfill drop 20260131T101500Z-1a2b3c4d"];
  static override args = { id: Args.string({ description: "See: tapline backfill list", required: true }) };
  static override flags = { environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BackfillDrop);
    await conclude(async () => {
      await withBackfillStore(flags.environment, (store) => dropBackfill(store, args.id));
      return exitCodes.done;
    });
  }
}
