/** `tapline tick`: starts once what schedules and sensors have due, for cron. */
import { Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";

export default class Tick extends Command {
  static override description = `Starts what the schedules and sensors of tapline.yml have due now, waits for the runs, and ends.

For machines where cron is to start everything: call it each minute. It may run beside itself and beside servers: each due time runs once.

Exit codes: 0 nothing was due, or all runs succeeded; 1 a run failed; 2 usage.`;
  static override examples = ["<%= config.bin %> tick", "<%= config.bin %> tick --json"];
  static override flags = { json: Flags.boolean({ description: "Print JSON lines instead of text." }) };

  async run(): Promise<void> {
    const { flags } = await this.parse(Tick);
    await conclude(
      async () => {
        const { tickProject } = await import("../serve-project.ts");
        const { failed } = await tickProject({ json: flags.json });
        return failed > 0 ? exitCodes.failed : exitCodes.done;
      },
      { json: flags.json },
    );
  }
}
