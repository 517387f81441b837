/** `tapline backfill list`: back-fills of the project, and how far they are. */
import { Command, Flags } from "@oclif/core";
import { listBackfills, snakeKeys } from "@tapline/runner";
import { withBackfillStore } from "../../backfill.ts";
import { conclude, exitCodes } from "../../outcome.ts";
import { printLines } from "../../terminal.ts";
import { describeBackfills } from "../../views/backfill-text.ts";

export default class BackfillList extends Command {
  static override description =
    "Lists back-fills, the newest first, with how many of their partitions are done. Their runs: tapline runs list --trigger backfill";
  static override examples = ["<%= config.bin %> backfill list", "<%= config.bin %> backfill list -e prod --json"];
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    json: Flags.boolean({ description: "Print JSON, one object a line." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(BackfillList);
    await conclude(async () => {
      const found = await withBackfillStore(flags.environment, listBackfills, []);
      printLines(flags.json ? found.map(({ begun, ...each }) => JSON.stringify(snakeKeys(each))) : describeBackfills(found));
      return exitCodes.done;
    });
  }
}
