/** `tapline list`: the plugins of the project, its jobs or its schedules. */
import { basename } from "node:path";
import { Args, Command, Flags } from "@oclif/core";
import { layOut } from "@tapline/protocol/text";
import { listJobs, listPlugins, listSchedules, openProject, type Project } from "@tapline/runner";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { columnsOf, printLines } from "../terminal.ts";

interface Listing {
  items: readonly object[];
  /** Cells, one row for each item. */
  rows: string[][];
  ifNone: string;
}

const listings = {
  plugins(project: Project): Listing {
    const items = listPlugins(project, ownBinFolders);
    const rows = items.map(({ name, version, source, isInstalled }) => [
      name,
      version ?? "-",
      isInstalled ? source : `${source} not installed`,
    ]);
    return { items, rows, ifNone: "There are no plugins in this project yet. Add one: tapline add tap-csv" };
  },
  jobs(project: Project): Listing {
    const items = listJobs(project);
    const rows = items.map(({ name, steps }) => [name, steps.join(", ")]);
    return { items, rows, ifNone: `${basename(project.path)} has no jobs. Run a tap into a target: tapline run TAP TARGET` };
  },
  schedules(project: Project): Listing {
    const items = listSchedules(project);
    const rows = items.map(({ name, cron, timezone, job, environment }) => [name, `${cron} (${timezone})`, `${job} in ${environment}`]);
    return { items, rows, ifNone: `${basename(project.path)} has no schedules.` };
  },
};

export default class List extends Command {
  static override description =
    `Lists the plugins of this project: their versions, where they come from, and whether they are installed. Or its jobs, or its schedules.

When a schedule is due next, and why it does not run: tapline why`;
  static override examples = ["<%= config.bin %> list", "<%= config.bin %> list jobs", "<%= config.bin %> list schedules --json"];
  static override args = {
    what: Args.string({ options: Object.keys(listings), default: "plugins", description: "What to list." }),
  };
  static override flags = { json: Flags.boolean({ description: "Print JSON." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(List);
    await conclude(async () => {
      const { items, rows, ifNone } = listings[args.what as keyof typeof listings](openProject(process.cwd()));
      if (flags.json) process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
      else if (rows.length === 0) printLines([ifNone]);
      else printLines(layOut(rows, { width: columnsOf(process.stdout), whole: args.what === "jobs" ? [0] : [0, 1] }));
      return exitCodes.done;
    });
  }
}
