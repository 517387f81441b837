/** `tapline rejects discard`: deletes rejected rows. */
import { Command } from "@oclif/core";
import { conclude } from "../../outcome.ts";
import { answerRejects, choiceFlags, chosen, chosenArgs, commonFlags } from "../../rejects.ts";
import { describeDiscarded } from "../../views/rejects-text.ts";

export default class RejectsDiscard extends Command {
  static override description = "Deletes rejected rows that nobody needs any more, and prints how many.";
  static override examples = [
    "<%= config.bin %> rejects discard target-postgres --stream orders",
    "<%= config.bin %> rejects discard target-postgres mx2hyjma0000f978fa",
    "<%= config.bin %> rejects discard tap-csv --all",
  ];
  static override strict = false;
  static override args = chosenArgs;
  static override flags = { ...choiceFlags, ...commonFlags };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(RejectsDiscard);
    await conclude(() => answerRejects("discard", { ...chosen("discard", argv as string[], flags), print: describeDiscarded }));
  }
}
