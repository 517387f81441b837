/** Does what `tapline migrate status` asks for. */
import { chooseMigration, levelDays, listMigrations, migrationKey, syncsOf } from "@tapline/runner";
import { exitCodes } from "../outcome.ts";
import { columnsOf, printLines } from "../terminal.ts";
import { type MigrationFlags, openMigrationStore, printJson } from "./open.ts";
import { describeReport, describeSyncs } from "./report-text.ts";

/** So many syncs are looked at for the days in a row. */
const mostSyncs = 1000;

export async function status({ limit, json, ...flags }: MigrationFlags & { limit: number }): Promise<number> {
  const { project, environment, store: opened } = await openMigrationStore(flags.environment);
  await using store = opened;
  const all = store === undefined ? [] : (await listMigrations(store)).filter((each) => each.environment === environment);
  const isNamed = flags.source !== undefined;
  if (store === undefined || (all.length === 0 && !isNamed)) {
    if (!json) printLines([`There is no migration in the environment ${environment}.`]);
    return exitCodes.done;
  }
  const shown = isNamed ? [await chooseMigration(store, project, { environment, ...flags })] : all;
  for (const migration of shown) {
    const syncs = await syncsOf(store, migrationKey(migration), mostSyncs);
    const days = levelDays(syncs);
    if (json) printJson({ type: "migration", migration, syncs: syncs.slice(0, limit), level_days: days });
    else
      printLines([
        ...describeReport(migration, columnsOf(process.stdout)),
        ...describeSyncs(syncs.slice(0, limit), days, columnsOf(process.stdout)),
      ]);
  }
  return exitCodes.done;
}
