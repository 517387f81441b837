/** `tapline check`: runs the checks of jobs on what is in the database, without a load. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../outcome.ts";

export default class Check extends Command {
  static override description = `Runs the checks of a job, or of all jobs, on the tables as they are. Nothing is loaded.

Exit codes: 0 all hold, also where some only warn; 1 one that stops does not hold, or could not be run; 2 usage.`;
  static override examples = [
    "<%= config.bin %> check",
    "<%= config.bin %> check quickbooks -e prod",
    "<%= config.bin %> check quickbooks --json",
  ];
  static override args = { job: Args.string({ description: "A job of tapline.yml. Default: every job that has checks." }) };
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    json: Flags.boolean({ description: "Print JSON lines: one for each check." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Check);
    await conclude(
      async () => {
        const { checkJobs } = await import("../check-jobs.ts");
        return checkJobs({ name: args.job, ...flags });
      },
      { json: flags.json },
    );
  }
}
