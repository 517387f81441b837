/** Plans and runs a back-fill for the command, and shows what it does. */
import {
  type BackfillEvent,
  type BackfillRequest,
  environmentOf,
  openProject,
  openStore,
  openStoreIfThere,
  planBackfill,
  type RunEvent,
  runBackfill,
  runStarter,
  type Store,
  snakeKeys,
} from "@tapline/runner";
import { exitCodes } from "./outcome.ts";
import { ownCommand } from "./own-command.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals } from "./signals.ts";
import { printLines } from "./terminal.ts";
import { describeBackfillEvent, describeBackfillPlan } from "./views/backfill-text.ts";

export interface BackfillOrder {
  request: BackfillRequest;
  parallel: number;
  again: boolean;
  dryRun: boolean;
  json: boolean;
}

/** @returns the exit code. @throws what `planBackfill` and `runBackfill` throw */
export async function backfill({ request, parallel: wanted, again, dryRun, json }: BackfillOrder): Promise<number> {
  const project = openProject(process.cwd());
  const environment = environmentOf(project, request.environment);
  const stop = catchSignals();
  await using store = await (dryRun ? openStoreIfThere(project, environment) : openStore(project, environment));
  const onEvent = (event: RunEvent): void => {
    if (event.type === "log" && event.level === "warning") printLines([`${event.plugin}: ${event.message}`], process.stderr);
  };
  const plan = await planBackfill({ project, request, binFolders: ownBinFolders, store, now: new Date(), stop, onEvent });
  const parallel = plan.isSingleWriter ? 1 : wanted;
  const { parts } = plan;
  if (json)
    printJson({
      type: "backfill_planned",
      ...plan,
      parallel,
      parts: parts.map(({ name, partition }) => ({ name, from: partition.from, to: partition.to })),
    });
  else printLines(describeBackfillPlan(plan, { parallel, wanted }));
  if (dryRun || store === undefined || parts.length === 0) return exitCodes.done;
  let ended = 0;
  const end = await runBackfill({
    plan,
    store,
    start: runStarter({ command: ownCommand, folder: project.folder, env: process.env }),
    parallel,
    again,
    stop,
    onEvent(event: BackfillEvent) {
      if (event.type === "backfill_started") ended = event.done;
      if (event.type === "partition_ended" && event.status === "done") ended += 1;
      if (json) printJson(event);
      else printLines(describeBackfillEvent(event, { ended, parts: parts.length }));
    },
  });
  if (stop.signal !== undefined) return stop.signal === "SIGINT" ? exitCodes.SIGINT : exitCodes.SIGTERM;
  return end.isDone ? exitCodes.done : exitCodes.failed;
}

/** `otherwise`: what is answered where there is no store yet; without it, one is made. */
export async function withBackfillStore<T>(named: string | undefined, work: (store: Store) => Promise<T>, otherwise?: T): Promise<T> {
  const project = openProject(process.cwd());
  const environment = environmentOf(project, named);
  await using store = await (otherwise === undefined ? openStore(project, environment) : openStoreIfThere(project, environment));
  return store === undefined ? (otherwise as T) : await work(store);
}

function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...(snakeKeys(value) as object) })}\n`);
}
