/** `tapline rejects show`: everything about some rejected rows, with their records. */
import { Args, Command } from "@oclif/core";
import { conclude } from "../../outcome.ts";
import { answerRejects, choiceFlags, chosen, commonFlags } from "../../rejects.ts";
import { describeRejectsWhole } from "../../views/rejects-text.ts";

export default class RejectsShow extends Command {
  static override description = "Prints rejected rows with their records, as they were sent, and the reason of each.";
  static override examples = [
    "<%= config.bin %> rejects show target-duckdb mx2hyjma0000f978fa",
    "<%= config.bin %> rejects show target-duckdb --stream orders --json",
  ];
  static override strict = false;
  static override args = {
    plugin: Args.string({ description: "The plugin that keeps them.", required: true }),
    id: Args.string({ description: "One or more ids, see: tapline rejects list" }),
  };
  static override flags = { ...choiceFlags, ...commonFlags };

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(RejectsShow);
    const { environment, json } = flags;
    await conclude(() =>
      answerRejects("show", { plugin: args.plugin, ...chosen(argv as string[], flags), environment, json, print: describeRejectsWhole }),
    );
  }
}
