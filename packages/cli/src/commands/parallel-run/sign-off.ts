/** `tapline parallel-run sign-off`: a person says that they looked at a report, and that it is good. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../../outcome.ts";

export default class ParallelRunSignOff extends Command {
  static override description = `Records that a person looked at a clean report: who, when, which one, and what they say of it.

It counts while every day since is clean. A day that differs, is missing or is compared again takes it back.`;
  static override examples = [
    '<%= config.bin %> parallel-run sign-off daily --as ana --note "revenue agrees with the ledger"',
    '<%= config.bin %> parallel-run sign-off daily --report daily-20260131-1 --as ana --note "looked at all regions"',
  ];
  static override args = { job: Args.string({ description: "The parallel run of tapline.yml. Default: the only one." }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    as: Flags.string({ required: true, helpValue: "NAME", description: "Who signs." }),
    note: Flags.string({ required: true, helpValue: "TEXT", description: "What they looked at, and found." }),
    report: Flags.string({ helpValue: "REPORT", description: "The report they looked at. Default: the last one." }),
    json: Flags.boolean({ description: "Print one JSON object." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ParallelRunSignOff);
    await conclude(
      async () => {
        const { sign } = await import("../../parallel-run.ts");
        const { environment, as, note, report, json } = flags;
        return sign({ job: args.job, environment, as, note, report, json });
      },
      { json: flags.json },
    );
  }
}
