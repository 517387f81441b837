/** `tapline parallel-run status`: clean days in a row, and who signed off. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../../outcome.ts";

export default class ParallelRunStatus extends Command {
  static override description =
    "Shows the days of a parallel run, how many are clean in a row, who signed off which report, and what a cutover still waits for.";
  static override examples = ["<%= config.bin %> parallel-run status", "<%= config.bin %> parallel-run status daily -e prod --json"];
  static override args = { job: Args.string({ description: "The parallel run of tapline.yml. Default: the only one." }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    json: Flags.boolean({ description: "Print one JSON object." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ParallelRunStatus);
    await conclude(
      async () => {
        const { showStanding } = await import("../../parallel-run.ts");
        return showStanding({ job: args.job, ...flags, environment: flags.environment });
      },
      { json: flags.json },
    );
  }
}
