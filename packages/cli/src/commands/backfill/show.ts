/** `tapline backfill show`: the partitions of a back-fill, with their runs. */
import { Args, Command, Flags } from "@oclif/core";
import { showBackfill, snakeKeys } from "@tapline/runner";
import { withBackfillStore } from "../../backfill.ts";
import { conclude, exitCodes } from "../../outcome.ts";
import { printLines } from "../../terminal.ts";
import { describeBackfill } from "../../views/backfill-text.ts";

export default class BackfillShow extends Command {
  static override description = "Shows a back-fill: each partition that was begun, with its rows, its last run, and why it failed.";
  static override examples = ["<%= config.bin %> backfill show 20260131T101500Z-1a2b3c4d"];
  static override args = { id: Args.string({ description: "See: tapline backfill list", required: true }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    json: Flags.boolean({ description: "Print JSON." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BackfillShow);
    await conclude(async () => {
      const found = await withBackfillStore(flags.environment, (store) => showBackfill(store, args.id));
      printLines(flags.json ? [JSON.stringify(snakeKeys(found))] : describeBackfill(found));
      return exitCodes.done;
    });
  }
}
