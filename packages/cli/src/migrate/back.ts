/** Does what `tapline migrate back` asks for. */
import { checkPluginName, endMigration, readersOf, repoint } from "@tapline/runner";
import { printLines } from "../terminal.ts";
import { endWith, type MigrationFlags, printJson, withMigration } from "./open.ts";

export interface BackFlags extends MigrationFlags {
  discard: boolean;
  repoint?: string | undefined;
}

export function back(flags: BackFlags): Promise<number> {
  return withMigration(flags, "tapline migrate back", async ({ migration, options }) => {
    const { project } = options;
    if (flags.repoint !== undefined) checkPluginName(project, flags.repoint);
    const ended = await endMigration(migration, { ...options, discard: flags.discard });
    if ("failure" in ended) return endWith(ended.failure, flags.json);
    const { source, target, environment, exported, note } = ended;
    const readers = readersOf(project, target, environment);
    const changed = flags.repoint === undefined ? [] : repoint(project, { from: target, to: flags.repoint, environment });
    if (flags.json) printJson({ type: "migration_back", id: ended.id, note, repointed: changed });
    else
      printLines([
        `Back on ${source}: ${note}.`,
        "Syncs load no more.",
        ...(changed.length > 0 ? [`${changed.join(", ")}: the setting target is ${flags.repoint} now.`] : []),
        ...(flags.repoint !== undefined && changed.length === 0
          ? [`Nothing to repoint: no program has ${target} as its setting target.`]
          : []),
        ...(changed.length === 0 && readers.length > 0
          ? [`Still on ${target}: ${readers.join(", ")}. To change it: tapline migrate back --repoint TARGET`]
          : []),
        `Not touched: the tables of ${target}${exported === null ? "" : `, and the files in ${exported.place}`}.`,
      ]);
    return endWith(null, flags.json);
  });
}
