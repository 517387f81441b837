/** `tapline doctor`: finds common problems, each with its fix. */
import { Command, Flags } from "@oclif/core";
import { wrap } from "@tapline/protocol/text";
import { type Finding, findProblems, openProject } from "@tapline/runner";
import { findScheduleProblems } from "@tapline/server";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";
import { clean, columnsOf, paint } from "../terminal.ts";

export default class Doctor extends Command {
  static override description =
    "Checks this machine and project for common problems and how to fix them: plugins, the store, archives of files, channels, schedules and sensors. Connects to what plugins use. Changes nothing, and tells nobody.";
  static override examples = ["<%= config.bin %> doctor", "<%= config.bin %> doctor --environment prod --json"];
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    json: Flags.boolean({ description: "Print JSON." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    await conclude(async () => {
      const found: Finding[] = [];
      const stop = catchSignals();
      const options = { folder: process.cwd(), environment: flags.environment, binFolders: ownBinFolders, stop: stop.asked };
      for await (const finding of allFindings(options)) {
        if (stop.signal !== undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
        found.push(finding);
        if (!flags.json) process.stdout.write(`${describe(finding)}\n`);
      }
      if (flags.json)
        process.stdout.write(
          `${JSON.stringify(
            found.map((each) => ({ ...each, fix: each.fix ?? null })),
            null,
            2,
          )}\n`,
        );
      return found.some(({ status }) => status === "problem") ? exitCodes.failed : exitCodes.done;
    });
  }
}

async function* allFindings(options: Parameters<typeof findProblems>[0]): AsyncGenerator<Finding> {
  let hasProject = true;
  for await (const finding of findProblems(options)) {
    if (finding.about === "project" && finding.status === "problem") hasProject = false;
    yield finding;
  }
  if (hasProject) yield* findScheduleProblems(openProject(options.folder), new Date());
}

const marks = { ok: "ok      ", warning: "warning ", problem: "problem " } as const;

function describe({ status, about, message, fix }: Finding): string {
  const mark = marks[status];
  const lines = [`${mark} ${clean(`${about}: ${message}`)}`, ...(fix === undefined ? [] : [`         ${clean(fix)}`])];
  const text = lines.flatMap((line) => wrap(line, columnsOf(process.stdout))).join("\n");
  if (status === "ok") return text;
  return `${paint(status === "problem" ? "red" : "yellow", mark, process.stdout)}${text.slice(mark.length)}`;
}
