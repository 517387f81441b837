/** `tapline why`: says what a schedule, a sensor or a job waits for. */
import { Args, Command, Flags } from "@oclif/core";
import type { ListedFile } from "@tapline/runner";
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
        const [{ environmentOf, filesOfJob, openHistory, openProject, snakeKeys }, { whyNot }, { describeWhy }, { ownBinFolders }] =
          await Promise.all([
            import("@tapline/runner"),
            import("@tapline/server"),
            import("../views/why-text.ts"),
            import("../plugin-folders.ts"),
          ]);
        const project = openProject(process.cwd());
        const found = await whyNot(project, args.name, new Date());
        using history = openHistory(project.folder);
        const lastRun = (job: string) => history.runs({ limit: 1, name: job })[0];
        const jobs = new Map(found.map(({ job, environment }) => [job, environment]));
        if (found.length === 0 && args.name !== undefined) jobs.set(args.name, environmentOf(project));
        const files = new Map<string, ListedFile[]>();
        for (const [job, environment] of jobs) files.set(job, await filesOfJob(project, { job, environment, binFolders: ownBinFolders }));
        const filesOf = (job: string): ListedFile[] => files.get(job) ?? [];
        if (flags.json)
          for (const one of found)
            process.stdout.write(`${JSON.stringify(snakeKeys({ ...one, filesOfTaps: filesOf(one.job).map(snakeKeys) }))}\n`);
        else printLines(describeWhy(found, { name: args.name, lastRun, filesOf, now: new Date() }));
        return exitCodes.done;
      },
      { json: flags.json },
    );
  }
}
