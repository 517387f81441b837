/** The work of `tapline check`: which jobs, and how what was found is shown. */
import { describeCheckResult } from "@tapline/protocol";
import { checkJob, isFault, jobNames, jobOf, openProject } from "@tapline/runner";
import { exitCodes, printFailure } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { clean, paint } from "./terminal.ts";
import { usage } from "./usage.ts";

export interface CheckJobsOptions {
  /** undefined: all jobs. */
  name: string | undefined;
  environment?: string | undefined;
  json: boolean;
}

/** @returns the exit code. @throws as `checkJob`, job_unknown, no_checks */
export async function checkJobs({ name, environment, json }: CheckJobsOptions): Promise<number> {
  const project = openProject(process.cwd());
  const all = (name === undefined ? jobNames(project) : [name]).map((each) => jobOf(project, each));
  const jobs = all.filter(({ steps }) => steps.some(({ checks }) => checks.length > 0));
  if (jobs.length === 0) throw usage.no_checks({ job: name });
  const stop = catchSignals();
  let isWrong = false;
  for (const job of jobs) {
    const failure = await checkJob({
      ...{ project, job: job.name, environment, binFolders: ownBinFolders, stop: stop.asked },
      onEvent(event) {
        if (event.kind === "log" && event.level === "warning") process.stderr.write(`${clean(event.message)}\n`);
      },
      onStep(step, results) {
        for (const result of results) {
          if (isFault(result) && result.on_fail === "stop") isWrong = true;
          const { status } = result;
          const color = result.on_fail === "stop" ? "red" : "yellow";
          const mark = status === "passed" ? "passed " : paint(color, status === "failed" ? "failed " : "not run", process.stdout);
          process.stdout.write(
            json
              ? `${JSON.stringify({ type: "check", job: job.name, step, ...result })}\n`
              : `${mark} ${clean(describeCheckResult(result, { withValues: true }))}\n`,
          );
        }
      },
    });
    if (stop.signal !== undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
    if (failure === null) continue;
    printFailure(failure);
    return exitCodes.failed;
  }
  return isWrong ? exitCodes.failed : exitCodes.done;
}
