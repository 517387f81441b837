/** Does what `tapline migrate sync` asks for. */
import { syncMigration } from "@tapline/runner";
import { columnsOf, printLines } from "../terminal.ts";
import { endWith, type MigrationFlags, printJson, withMigration } from "./open.ts";
import { describeSync } from "./report-text.ts";

export function sync({ verify, ...flags }: MigrationFlags & { verify: boolean }): Promise<number> {
  return withMigration(flags, "tapline migrate sync", async ({ migration, options }) => {
    const { sync: done, failure } = await syncMigration(migration, { ...options, skipsComparison: !verify });
    if (flags.json) printJson({ type: "migration_sync", id: migration.id, sync: done });
    else printLines(describeSync(migration, done, columnsOf(process.stdout)));
    return endWith(failure, flags.json);
  });
}
