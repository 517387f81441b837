/** `tapline run`: a job or one step, shown as it goes on, with its result as exit code. */
import { setTimeout } from "node:timers/promises";
import { Args, Command, Flags } from "@oclif/core";
import { describeRun, openProject, type Project, type RunResult, runStep, type StopSwitch, stepsOf } from "@tapline/runner";
import { conclude, exitCodes, sayFailure } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals } from "../signals.ts";
import { clean } from "../terminal.ts";
import { createView } from "../views/view.ts";

export default class Run extends Command {
  static override description = `Runs a job of tapline.yml, or one tap into one target, and keeps the bookmark.

A run whose connection to a database was lost is tried again twice, from the last bookmark.

Exit codes: 0 done, 1 failed, 2 usage, 3 already running, 130 and 143 stopped.`;
  static override examples = [
    "<%= config.bin %> run quickbooks",
    "<%= config.bin %> run tap-csv target-duckdb",
    "<%= config.bin %> run tap-csv target-duckdb --full-refresh",
    "<%= config.bin %> run quickbooks --environment prod --json",
  ];
  static override args = {
    name: Args.string({ description: "A job of tapline.yml, or a tap.", required: true }),
    target: Args.string({ description: "The target, when the first is a tap." }),
  };
  static override flags = {
    environment: Flags.string({
      char: "e",
      description: "The environment of tapline.yml to run in (default: its default_environment, else dev).",
    }),
    "full-refresh": Flags.boolean({ description: "Start without the bookmark. The old one stays until the first new one is safe." }),
    "state-id-suffix": Flags.string({
      description: "Keep the bookmark under an id of its own, for a second pipe of the same two plugins.",
    }),
    json: Flags.boolean({ description: "Print JSON lines on stdout instead of text." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Run);
    await conclude(
      async () => {
        const project = openProject(process.cwd());
        const steps = args.target === undefined ? stepsOf(project, args.name) : [{ tap: args.name, target: args.target }];
        const stop = catchSignals();
        for (const step of steps) {
          const command = `tapline run ${args.name}${args.target === undefined ? "" : ` ${args.target}`}`;
          const result = await runPatiently(project, step, stop, flags, command);
          if (result.status === "stopped") return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
          if (result.status === "failed") return exitCodes.failed;
        }
        return exitCodes.done;
      },
      { json: flags.json },
    );
  }
}

interface RunFlags {
  environment?: string | undefined;
  "full-refresh": boolean;
  "state-id-suffix"?: string | undefined;
  json: boolean;
}

/** Waits between the tries of a run whose connection was lost, give or take a half. */
const waitsMs = [1000, 4000];

/** Each try goes on from the last state that was committed; only a lost connection is worth another one. */
async function runPatiently(
  project: Project,
  step: { tap: string; target: string },
  stop: StopSwitch,
  flags: RunFlags,
  command: string,
): Promise<RunResult> {
  let fullRefresh = flags["full-refresh"];
  for (const wait of waitsMs) {
    const result = await runOne(project, step, stop, { ...flags, "full-refresh": fullRefresh }, command);
    if (!isPassing(result)) return result;
    fullRefresh &&= result.stateAfter === result.stateBefore;
    const ms = Math.round(wait * (0.5 + Math.random()));
    process.stderr.write(`${step.tap} to ${step.target}: trying again in ${(ms / 1000).toFixed(1)} s, from the last bookmark\n`);
    await Promise.race([stop.asked, setTimeout(ms, undefined, { ref: true })]);
    if (stop.signal !== undefined) return { ...result, status: "stopped" };
  }
  return runOne(project, step, stop, { ...flags, "full-refresh": fullRefresh }, command);
}

/** A plugin said that its connection was lost and may be there again; who was killed from outside is not started again. */
function isPassing({ failure }: RunResult): boolean {
  return failure?.class === "connection" && failure.recovery === "retry" && failure.code !== "plugin_killed";
}

async function runOne(
  project: Project,
  step: { tap: string; target: string },
  stop: StopSwitch,
  flags: RunFlags,
  command: string,
): Promise<RunResult> {
  const view = createView(flags);
  try {
    const result = await runStep({
      project,
      ...step,
      environment: flags.environment,
      stateIdSuffix: flags["state-id-suffix"],
      fullRefresh: flags["full-refresh"],
      binFolders: ownBinFolders,
      stop,
      onEvent: view.show,
    });
    view.finish(result);
    if (!flags.json) {
      process.stdout.write(`${describeRun(result, command).map(clean).join("\n")}\n`);
      if (result.failure !== null) sayFailure(result.failure);
    }
    return result;
  } finally {
    view.close();
  }
}
