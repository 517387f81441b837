/**
 * Moves the planned tables: export, import, verify, and then the hybrid period begins. How far it is stands in the store, so a command that was
 * killed goes on where it was; only an export begins anew, because its snapshot is gone.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { makeRunId } from "../model/run-id.ts";
import { makeStateId } from "../model/state-id.ts";
import { withPlugins } from "../project/with-plugins.ts";
import { mergeStates, withoutStreams } from "../state/change-state.ts";
import { changeState } from "../state/edit-state.ts";
import type { Store } from "../state/store.ts";
import { compareSides, hasDigest, inFiles, targetSide } from "./compare.ts";
import { countRows } from "./count-rows.ts";
import { exportTables, filesOf, withRows } from "./export-tables.ts";
import { begin, type HeldMigration } from "./hold.ts";
import { importTables } from "./import-tables.ts";
import { readExport, sizeOf } from "./manifest.ts";
import type { Migration, Phase } from "./migration.ts";
import { filesEntry, filesName } from "./own-plugins.ts";
import type { MigrationPlan } from "./plan-migration.ts";
import type { PipeOptions } from "./run-pipe.ts";

export type MigrationEvent =
  | { type: "migration_started"; id: string; isResumed: boolean; phase: Phase }
  | { type: "phase_started"; phase: Phase; tries: number }
  | { type: "phase_ended"; phase: Phase; seconds: number; rows: number; bytes: number | null };

export interface MigrateOptions extends Omit<PipeOptions, "id"> {
  plan: MigrationPlan;
  store: Store;
  /** Begin the export anew, whatever was done. */
  restart: boolean;
  /** Below which the files are. Default: `.tapline/migrations` of the project. */
  folder: string | undefined;
  /** Called when another command took the migration. */
  onLost(): void;
  onPhase(event: MigrationEvent): void;
}

export interface MigrationEnd {
  migration: Migration;
  failure: Failure | null;
}

/** @throws migrate_held, migrate_differs, migrate_lost, migrate_not_empty, and what can be wrong before a plugin starts */
export async function runMigration(given: MigrateOptions): Promise<MigrationEnd> {
  const { plan, store, onPhase } = given;
  const begun = await begin(store, newMigration(plan), given.onLost);
  await using held = begun.held;
  const { migration } = held;
  onPhase({ type: "migration_started", id: migration.id, isResumed: begun.isResumed, phase: migration.phase });
  const options = { ...given, id: migration.id };
  if (given.restart && migration.phase !== "hybrid") await held.note({ phase: "export", imported: null, verified: null });
  for (;;) {
    const { phase } = held.migration;
    if (phase === "hybrid" || phase === "back") return { migration: held.migration, failure: null };
    const tries = (phase === "export" ? (held.migration.exported?.tries ?? held.migration.tries) : held.migration.tries) + 1;
    await held.note({ tries });
    onPhase({ type: "phase_started", phase, tries });
    const failure = await phases[phase](held, options);
    if (failure !== null) return { migration: held.migration, failure };
  }
}

type RunPhase = (held: HeldMigration, options: MigrateOptions & PipeOptions) => Promise<Failure | null>;

const phases: Readonly<Record<"export" | "import" | "verify", RunPhase>> = {
  async export(held, options) {
    const { tries, id } = held.migration;
    const base = options.folder ?? join(options.project.folder, ".tapline", "migrations");
    const folder = join(base, id);
    mkdirSync(folder, { recursive: true });
    // What an earlier try left is of another snapshot.
    for (const other of readdirSync(folder)) if (/^export-\d+$/.test(other)) rmSync(join(folder, other), { recursive: true, force: true });
    const exported = await exportTables(options.plan, { ...options, place: join(folder, `export-${tries}`), tries });
    if ("failure" in exported) return exported.failure;
    const isWrong = exported.compared.equal === false;
    await held.note({ exported, ...(isWrong ? {} : { phase: "import", tries: 0 }) });
    tell(options, "export", exported);
    return isWrong ? differs(options.plan.source, relative(process.cwd(), exported.place), exported.compared.summary) : null;
  },
  async import(held, options) {
    const imported = await importTables(held.migration, options);
    if ("failure" in imported) return imported.failure;
    await held.note({ imported, phase: "verify", tries: 0 });
    tell(options, "import", imported);
    return null;
  },
  async verify(held, options) {
    const { migration } = held;
    const { exported, target, tries } = migration;
    const startedAt = new Date();
    const place = exported?.place ?? "";
    const listed = readExport(place);
    const project = withPlugins(options.project, { [filesName]: filesEntry(filesOf(migration.streams, place, listed)) });
    const sides = { left: { plugin: filesName, tableOf: inFiles }, right: targetSide(options.project, target, options.environment) };
    const wanted = withRows(migration.streams, listed);
    const counts = new Map(listed.map((each) => [each.stream, sizeOf([each]).rows]));
    const compared = (await hasDigest(options.project, target, options))
      ? await compareSides(project, sides, wanted, options)
      : await countRows(target, wanted, counts, options);
    if ("failure" in compared) return compared.failure;
    const endedAt = new Date();
    const seconds = (endedAt.getTime() - startedAt.getTime()) / 1000;
    const verified = { startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString(), seconds, ...sizeOf(listed), tries, compared };
    if (compared.equal === false) {
      await held.note({ verified });
      return differs("the export", target, compared.summary);
    }
    await seedBookmarks(migration, options.store);
    await held.note({ verified, phase: "hybrid", tries: 0 });
    tell(options, "verify", verified);
    return null;
  },
};

function tell(
  { onPhase }: MigrateOptions,
  phase: Phase,
  { seconds, rows, bytes }: { seconds: number; rows: number; bytes: number | null },
): void {
  onPhase({ type: "phase_ended", phase, seconds, rows, bytes });
}

const differs = (left: string, right: string, summary: string): Failure =>
  asFailure("tapline", errors.migration_differs({ left, right, summary }));

/** Syncs are ordinary runs from the tap to the target: their first one continues where the snapshot of the export was. */
async function seedBookmarks({ environment, source, target, exported, streams }: Migration, store: Store): Promise<void> {
  const stateId = makeStateId({ environment, tap: source, target });
  const kept = (await store.state(stateId))?.value ?? null;
  // The log of a stream that is followed begins with a whole read of its own.
  const followed = streams.filter(({ method }) => method === "LOG_BASED").map(({ stream }) => stream);
  const bookmarks = exported?.state == null ? null : withoutStreams(exported.state, followed, { lenient: true });
  const value = bookmarks === null ? kept : mergeStates(kept, bookmarks);
  await changeState(store, "set", { stateId, value });
}

function newMigration({ environment, source, target, tables, planned }: MigrationPlan): Migration {
  const now = new Date();
  return {
    ...{ id: makeRunId(now), environment, source, target, tables },
    streams: planned.map(({ stream, table, keys, method, replicationKey }) => ({ stream, table, keys, method, replicationKey })),
    ...{ phase: "export", tries: 0, holder: null, exported: null, imported: null, verified: null },
    ...{ startedAt: now.toISOString(), endedAt: null, note: null },
  };
}
