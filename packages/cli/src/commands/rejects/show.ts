/** `tapline rejects show`: everything about some rejected rows, with their records. */
import { Command } from "@oclif/core";
import { conclude } from "../../outcome.ts";
import { answerRejects, choiceFlags, chosen, chosenArgs, commonFlags } from "../../rejects.ts";
import { describeRejectsWhole } from "../../views/rejects-text.ts";

export default class RejectsShow extends Command {
  static override description = "Prints rejected rows with their records, as they were sent, and the reason of each.";
  static override examples = [
    "<%= config.bin %> rejects show target-duckdb mx2hyjma0000f978fa",
    "<%= config.bin %> rejects show target-duckdb --stream orders --json",
  ];
  static override strict = false;
  static override args = chosenArgs;
  static override flags = { ...choiceFlags, ...commonFlags };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(RejectsShow);
    await conclude(() => answerRejects("show", { ...chosen("show", argv as string[], flags), print: describeRejectsWhole }));
  }
}
