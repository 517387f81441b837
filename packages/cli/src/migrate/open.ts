/** What the commands of a migration share: the project, its store, the chosen migration, and how they print. */
import type { PluginEvent } from "@tapline/protocol";
import {
  chooseMigration,
  environmentOf,
  type Failure,
  type Migration,
  makeRunId,
  openProject,
  openStore,
  openStoreIfThere,
  type Project,
  type RunEvent,
  type Store,
  snakeKeys,
} from "@tapline/runner";
import { exitCodes, printFailure } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";
import { catchSignals, caughtSignal } from "../signals.ts";
import { createView } from "../views/create-view.ts";

export interface MigrationFlags {
  source?: string | undefined;
  target?: string | undefined;
  environment?: string | undefined;
  json: boolean;
  quiet?: boolean;
}

/** For the runner's functions. */
export interface CommandOptions {
  project: Project;
  environment: string;
  binFolders: readonly string[];
  stop: ReturnType<typeof catchSignals>;
  command: string;
  /** Of the runs; those of archives have it too. */
  id: string;
  onEvent(event: RunEvent, step: number | null): void;
  onPluginEvent(plugin: string): (event: PluginEvent) => void;
  onLost(): void;
}

/** `command`: what people type to do it again. */
export async function withProject(
  flags: Pick<MigrationFlags, "environment" | "json" | "quiet">,
  command: string,
  work: (options: CommandOptions) => Promise<number>,
): Promise<number> {
  const project = openProject(process.cwd());
  const environment = environmentOf(project, flags.environment);
  const stop = catchSignals();
  const view = createView({ json: flags.json, quiet: flags.quiet ?? false, steps: [command] });
  const onEvent = (event: RunEvent, step: number | null): void => view.show({ time: new Date(), step, event });
  try {
    return await work({
      ...{ project, environment, binFolders: ownBinFolders, stop, command, onEvent },
      id: makeRunId(new Date()),
      onPluginEvent: (plugin) => (event) => {
        if (event.kind === "log" && event.level === "warning")
          onEvent({ type: "log", plugin, level: "warning", message: event.message }, null);
      },
      onLost: () => stop.stop("SIGTERM", "another command, which took the migration"),
    });
  } finally {
    view.close();
  }
}

export interface OpenMigration {
  migration: Migration;
  options: CommandOptions & { store: Store };
}

/** @throws migrate_unknown, migrate_not_chosen */
export function withMigration(flags: MigrationFlags, command: string, work: (open: OpenMigration) => Promise<number>): Promise<number> {
  return withProject(flags, command, async (options) => {
    const { project, environment } = options;
    await using store = await openStore(project, environment);
    const migration = await chooseMigration(store, project, { environment, source: flags.source, target: flags.target });
    return await work({ migration, options: { ...options, store } });
  });
}

/** undefined: nothing was ever kept. */
export async function openMigrationStore(named: string | undefined) {
  const project = openProject(process.cwd());
  const environment = environmentOf(project, named);
  return { project, environment, store: await openStoreIfThere(project, environment) };
}

export const printJson = (value: object): void =>
  void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...(snakeKeys(value) as object) })}\n`);

/** @returns the exit code */
export function endWith(failure: Failure | null, json: boolean): number {
  if (failure === null) return exitCodes.done;
  if (json) process.stdout.write(`${JSON.stringify({ type: "error", ...failure })}\n`);
  else printFailure(failure);
  return failure.code === "run_stopped" ? exitCodes[caughtSignal()] : exitCodes.failed;
}
