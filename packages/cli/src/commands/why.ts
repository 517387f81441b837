/** `tapline why`: says what a schedule, a sensor or a job waits for. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";
import { printLines } from "../terminal.ts";

export default class Why extends Command {
  static override description =
    `Says why a job does not run: not due, paused, another run at work, a file that is not complete, no server. And how its last run ended.`;
  static override examples = ["<%= config.bin %> why", "<%= config.bin %> why nightly", "<%= config.bin %> why quickbooks --json"];
  static override args = { name: Args.string({ description: "A schedule, a sensor or a job. Default: all schedules and sensors." }) };
  static override flags = { json: Flags.boolean({ description: "Print one JSON object for each schedule and sensor, one a line." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Why);
    await conclude(
      async () => {
        const [{ openHistory, openProject, snakeKeys }, { whyNot }, { describeWhy }] = await Promise.all([
          import("@tapline/runner"),
          import("@tapline/server"),
          import("../views/why-text.ts"),
        ]);
        const project = openProject(process.cwd());
        const found = await whyNot(project, args.name, new Date());
        using history = openHistory(project.folder);
        const lastRun = (job: string) => history.runs({ limit: 1, name: job })[0];
        if (flags.json) for (const one of found) process.stdout.write(`${JSON.stringify(snakeKeys(one))}\n`);
        else printLines(describeWhy(found, { name: args.name, lastRun, now: new Date() }));
        return exitCodes.done;
      },
      { json: flags.json },
    );
  }
}
