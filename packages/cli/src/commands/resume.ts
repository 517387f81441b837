/** `tapline resume`: what was paused starts by itself again. */
import { Args, Command } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";

export default class Resume extends Command {
  static override description = "Resumes a schedule, a sensor or a job that was paused.";
  static override examples = ["<%= config.bin %> resume nightly"];
  static override args = { name: Args.string({ description: "A schedule, a sensor or a job.", required: true }) };

  async run(): Promise<void> {
    const { args } = await this.parse(Resume);
    await conclude(async () => {
      const { pauseOrResume } = await import("../pause-resume.ts");
      await pauseOrResume("resume", args.name);
      return exitCodes.done;
    });
  }
}
