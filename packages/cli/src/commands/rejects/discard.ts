/** `tapline rejects discard`: deletes rejected rows. */
import { Args, Command } from "@oclif/core";
import { conclude } from "../../outcome.ts";
import { answerRejects, choiceFlags, chosen, commonFlags } from "../../rejects.ts";
import { describeDiscarded } from "../../views/rejects-text.ts";

export default class RejectsDiscard extends Command {
  static override description = "Deletes rejected rows that nobody needs any more, and prints how many.";
  static override examples = [
    "<%= config.bin %> rejects discard target-postgres --stream orders",
    "<%= config.bin %> rejects discard target-postgres mx2hyjma0000f978fa",
    "<%= config.bin %> rejects discard tap-csv --all",
  ];
  static override strict = false;
  static override args = {
    plugin: Args.string({ description: "The plugin that keeps them.", required: true }),
    id: Args.string({ description: "One or more ids, see: tapline rejects list" }),
  };
  static override flags = { ...choiceFlags, ...commonFlags };

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(RejectsDiscard);
    const { environment, json } = flags;
    await conclude(() =>
      answerRejects("discard", { plugin: args.plugin, ...chosen(argv as string[], flags), environment, json, print: describeDiscarded }),
    );
  }
}
