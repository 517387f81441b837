/** Runs the server of the project that the command is called in, and one pass of it, and shows what they do. */
import { openProject, runStarter, type StartRun, snakeKeys } from "@tapline/runner";
import { type ServerEvent, serve, systemClock, type TickResult, tickOnce } from "@tapline/server";
import { ownCommand } from "./own-command.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { printLines } from "./terminal.ts";
import { describeServerEvent } from "./views/server-text.ts";

export interface ServeRequest {
  host: string;
  port: number;
  readOnly: boolean;
  leaveRuns: boolean;
  json: boolean;
}

/** Resolves once it was stopped by a signal. */
export async function serveProject({ json, ...request }: ServeRequest): Promise<void> {
  const project = openProject(process.cwd());
  const signals = catchSignals();
  const stop = new AbortController();
  signals.asked.then(() => stop.abort());
  await serve({
    project,
    start: starterOf(project.folder),
    binFolders: ownBinFolders,
    clock: systemClock,
    stop: stop.signal,
    ...request,
    onEvent: printer(json),
  });
}

export function tickProject({ json }: { json: boolean }): Promise<TickResult> {
  const project = openProject(process.cwd());
  return tickOnce({ project, start: starterOf(project.folder), binFolders: ownBinFolders, now: new Date(), onEvent: printer(json) });
}

function starterOf(folder: string): StartRun {
  return runStarter({ command: ownCommand, folder, env: process.env });
}

/** One line for each event, with its time: in the log of a service as at a terminal. */
function printer(json: boolean): (event: ServerEvent) => void {
  return (event) => {
    const time = new Date().toISOString();
    if (json) process.stdout.write(`${JSON.stringify({ time, ...snakeKeys(event) })}\n`);
    else printLines([`${time.slice(0, 19)}Z ${describeServerEvent(event)}`]);
  };
}
