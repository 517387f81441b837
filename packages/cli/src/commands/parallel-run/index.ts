/** `tapline parallel-run`: compares what two pipelines wrote, and records it. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../../outcome.ts";

export default class ParallelRunCommand extends Command {
  static override description =
    `Compares the tables of an old and a new pipeline, row by row and in their totals, and records what it found for the day.

Run it once a day when both have loaded. A day that is compared again counts by its last report. What is compared, and how many days must be clean, is in parallel_run in tapline.yml.

Exit codes: 0 both sides hold the same; 1 they differ, or a table could not be compared; 2 usage.`;
  static override examples = [
    "<%= config.bin %> parallel-run daily",
    "<%= config.bin %> parallel-run daily -e prod --html report.html",
    "<%= config.bin %> parallel-run daily --day 2026-01-31 --json",
    "<%= config.bin %> parallel-run status daily",
  ];
  static override args = { job: Args.string({ description: "The parallel run of tapline.yml. Default: the only one." }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    day: Flags.string({
      helpValue: "DAY",
      description: "The day that it counts for, such as 2026-01-31. Default: today. Tables are compared as they are now.",
    }),
    html: Flags.string({ helpValue: "FILE", description: "Write the report as one page." }),
    json: Flags.boolean({ description: "Print one JSON object." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ParallelRunCommand);
    await conclude(
      async () => {
        const { compareDay } = await import("../../parallel-run.ts");
        return compareDay({ job: args.job, environment: flags.environment, day: flags.day, html: flags.html, json: flags.json });
      },
      { json: flags.json },
    );
  }
}
