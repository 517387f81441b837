/** `tapline rejects list`: the rows that plugins rejected and keep. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../../outcome.ts";
import { answerRejects, commonFlags } from "../../rejects.ts";
import { columnsOf } from "../../terminal.ts";
import { describeRejects } from "../../views/rejects-text.ts";

export default class RejectsList extends Command {
  static override description =
    "Lists the rows that were rejected and are kept, in the tables of targets and the files of taps, with the reason of each.";
  static override examples = [
    "<%= config.bin %> rejects list",
    "<%= config.bin %> rejects list target-postgres --stream orders",
    "<%= config.bin %> rejects list --json",
  ];
  static override args = { plugin: Args.string({ description: "The plugin that keeps them. Default: every plugin that can list them." }) };
  static override flags = {
    stream: Flags.string({ multiple: true, multipleNonGreedy: true, description: "Only rows of this stream; may be repeated." }),
    ...commonFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RejectsList);
    const { stream: streams = [], environment, json } = flags;
    const print = (rejects: Parameters<typeof describeRejects>[0]) => describeRejects(rejects, columnsOf(process.stdout));
    await conclude(() => answerRejects("list", { plugin: args.plugin, ids: [], streams, environment, json, print }));
  }
}
