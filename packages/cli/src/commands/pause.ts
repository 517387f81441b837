/** `tapline pause`: a schedule, a sensor or a job starts nothing by itself until `tapline resume`. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";

export default class Pause extends Command {
  static override description = `Pauses a schedule, a sensor, or all that starts a job. A run at work goes on, and tapline run still works.

What becomes of the due times that pass is what the schedule's \`missed\` says.`;
  static override examples = ["<%= config.bin %> pause nightly", '<%= config.bin %> pause quickbooks --reason "the bank is down"'];
  static override args = { name: Args.string({ description: "A schedule, a sensor or a job.", required: true }) };
  static override flags = { reason: Flags.string({ description: "Why, for tapline why." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Pause);
    await conclude(async () => {
      const { pauseOrResume } = await import("../pause-resume.ts");
      await pauseOrResume("pause", args.name, flags.reason);
      return exitCodes.done;
    });
  }
}
