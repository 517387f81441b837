/** `tapline rejects replay`: loads rejected rows again. */
import { Args, Command } from "@oclif/core";
import type { ReplayedRejects } from "@tapline/protocol";
import { conclude } from "../../outcome.ts";
import { answerRejects, choiceFlags, chosen, chosenArgs, commonFlags } from "../../rejects.ts";
import { columnsOf } from "../../terminal.ts";
import { describeReplay } from "../../views/rejects-text.ts";

const noneStays = (replayed: readonly ReplayedRejects[]): boolean =>
  replayed.every(({ refused, without_schema: withoutSchema }) => refused + withoutSchema === 0);

export default class RejectsReplay extends Command {
  static override description =
    `Loads rejected rows of a target again, with its settings of now, and removes those that are loaded from the kept ones, in one transaction.

A row that is rejected again stays, with its new reason. If rows are still kept, the exit code is 1. A row does not replace one of the same key that was loaded after it.`;
  static override examples = [
    "<%= config.bin %> rejects replay target-postgres --stream orders",
    "<%= config.bin %> rejects replay target-postgres mx2hyjma0000f978fa mx2hyjmf0000f978fa",
    "<%= config.bin %> rejects replay target-postgres --all --json",
  ];
  static override strict = false;
  static override args = {
    target: Args.string({ description: "The target that keeps them, see: tapline rejects list", required: true }),
    id: chosenArgs.id,
  };
  static override flags = { ...choiceFlags, ...commonFlags };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(RejectsReplay);
    const print = (replayed: readonly ReplayedRejects[]) => describeReplay(replayed, columnsOf(process.stdout));
    await conclude(() => answerRejects("replay", { ...chosen("replay", argv as string[], flags), print, isDone: noneStays }));
  }
}
