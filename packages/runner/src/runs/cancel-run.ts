/** Stops a run of another process as its own terminal would, and waits for its end. */
import { errors } from "../errors.ts";
import type { JobFinished } from "../model/run-event.ts";
import type { Runner } from "../model/runner.ts";
import { lifeOf } from "../state/host.ts";
import { followToEnd } from "./follow-run.ts";

export interface RunningRun {
  runId: string;
  runner: Runner;
}

/**
 * The run commits what it has and keeps its bookmark. A second call while it stops kills its plugins, as a second Ctrl-C does. Resolves to
 * the end of the run, which is another one than `stopped` where the run was faster. @throws run_crashed, run_elsewhere, run_of_other_user
 */
export async function cancelRun(projectFolder: string, { runId, runner }: RunningRun): Promise<JobFinished> {
  const life = lifeOf(runner);
  if (life === "unknown") throw errors.run_elsewhere({ runId, host: runner.hostname });
  if (life === "alive") askToStop(runId, runner.pid);
  return followToEnd(projectFolder, runId);
}

function askToStop(runId: string, pid: number): void {
  try {
    // As Ctrl-C: after SIGTERM, which a shutdown sends, a server would start the run of a schedule again.
    process.kill(pid, "SIGINT");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPERM") throw errors.run_of_other_user({ runId, pid });
    // It ended since.
    if (code !== "ESRCH") throw error;
  }
}
