/** Runs the job `all` of a project as a person does, in processes that a fault can find by the name of the project's folder. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { bin } from "../command.ts";
import { marked, processesOf, signal } from "./processes.ts";

/** An undisturbed run takes seconds, but a minute and a half on a machine where twenty programs compete for two cores. */
export const jobLimitMs = 300_000;

/**
 * `refreshes`: the catalog is discovered again. `follows`: the run stays until `interrupt`, or until it fails. `hung`: it did not end in time and was killed. `text`: the
 * end of its output.
 */
export function startJob(
  folder: string,
  { refreshes = true, follows = false } = {},
): { isRunning(): boolean; interrupt(): void; ended: Promise<{ code: number | null; hung: boolean; text: string }> } {
  const child = spawn(
    process.execPath,
    [bin("tapline"), "run", "all", ...(refreshes ? ["--refresh-catalog"] : []), ...(follows ? ["--follow"] : [])],
    {
      cwd: folder,
      env: { ...process.env, NO_COLOR: "1", ...marked(basename(folder)) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      text = `${text}${data}`.slice(-6000);
    });
  }
  let hung = false;
  let limit: NodeJS.Timeout | undefined;
  const hold = (): void => {
    limit = globalThis.setTimeout(() => {
      hung = true;
      for (const { pid } of processesOf(basename(folder))) signal(pid, "SIGKILL");
    }, jobLimitMs);
  };
  if (!follows) hold();
  const ended = once(child, "close").then(([code]) => {
    clearTimeout(limit);
    return { code: code as number | null, hung, text };
  });
  return {
    isRunning: () => child.exitCode === null && child.signalCode === null,
    interrupt() {
      child.kill("SIGINT");
      if (follows) hold();
    },
    ended,
  };
}
