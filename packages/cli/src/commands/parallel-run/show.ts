/** `tapline parallel-run show`: a report that was recorded. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../../outcome.ts";

export default class ParallelRunShow extends Command {
  static override description = "Shows a recorded report of a parallel run: the last one, or that of a day.";
  static override examples = [
    "<%= config.bin %> parallel-run show daily",
    "<%= config.bin %> parallel-run show daily --report 2026-01-31 --html report.html",
  ];
  static override args = { job: Args.string({ description: "The parallel run of tapline.yml. Default: the only one." }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    report: Flags.string({ helpValue: "REPORT", description: "Its id, or its day. Default: the last one." }),
    html: Flags.string({ helpValue: "FILE", description: "Write it as one page." }),
    json: Flags.boolean({ description: "Print one JSON object." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ParallelRunShow);
    await conclude(
      async () => {
        const { showReport } = await import("../../parallel-run.ts");
        const { environment, report, html, json } = flags;
        return showReport({ job: args.job, environment, report, html, json });
      },
      { json: flags.json },
    );
  }
}
