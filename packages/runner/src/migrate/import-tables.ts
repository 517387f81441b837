/** The second phase: the files go into the new side. A killed import goes on where the target's ledger stands. */

import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import { withPlugins } from "../project/with-plugins.ts";
import { askQuery } from "../query/ask-query.ts";
import { filesOf } from "./export-tables.ts";
import { readExport, sizeOf } from "./manifest.ts";
import type { Migration, PhaseRecord } from "./migration.ts";
import { filesEntry, filesName } from "./own-plugins.ts";
import { type PipeOptions, runPipe } from "./run-pipe.ts";

/** @throws migrate_not_empty */
export async function importTables(migration: Migration, options: PipeOptions): Promise<PhaseRecord | { failure: Failure }> {
  const { target, streams, exported, tries } = migration;
  const place = exported?.place ?? "";
  const startedAt = new Date();
  const listed = readExport(place);
  const entry = filesEntry(filesOf(streams, place, listed));
  if (tries === 1) await expectEmpty(migration, options);
  const own = withPlugins(options.project, { [filesName]: entry });
  const ran = await runPipe(
    { words: [filesName, target], state_id_suffix: `${options.id}.${exported?.tries}` },
    { ...options, project: own },
  );
  if ("failure" in ran) return ran;
  const endedAt = new Date();
  return {
    ...{ startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString(), seconds: (endedAt.getTime() - startedAt.getTime()) / 1000 },
    ...sizeOf(listed),
    tries,
  };
}

/** Rows that were there before would stay beside those of the migration. @throws migrate_not_empty */
async function expectEmpty({ target, streams }: Migration, { project, environment, binFolders, stop }: PipeOptions): Promise<void> {
  for (const { stream, table } of streams) {
    let rows = 0;
    const query = { stream, limit: 1 };
    const asked = await askQuery({
      ...{ project, environment, binFolders, stop, target, query },
      onEvent: () => {},
      onColumns() {},
      onRow: () => {
        rows += 1;
        return undefined;
      },
    });
    // A table that is not there yet can't be asked.
    if (!("failure" in asked) && rows > 0) throw errors.migrate_not_empty({ table, target });
  }
}
