/** Which of some streams have no table that lasts, by one look at the database's catalog. */
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { searchTable } from "../load/table-location.ts";
import { streamTable } from "../names/stream-table.ts";
import type { NamingSettings, TableName } from "../names/table-name.ts";

export interface MissingTable {
  stream: string;
  /** For people. */
  table: string;
}

export async function missingTables(
  { dialect, connection, naming }: { dialect: Dialect; connection: Connection; naming: NamingSettings },
  streams: readonly string[],
): Promise<MissingTable[]> {
  if (streams.length === 0) return [];
  const { names, statements } = dialect;
  const folded = ({ schema, table }: TableName): string => JSON.stringify([names.fold(schema), names.fold(table)]);
  const wanted = streams.map((stream) => ({ stream, ...streamTable(stream, naming, names).table }));
  const rows = await connection.query(statements.findTables(connection.database, wanted));
  // Each name has a "=" in front (see the statement).
  const found = new Set(rows.map(([schema, table]) => folded({ schema: String(schema).slice(1), table: String(table).slice(1) })));
  const missing: MissingTable[] = [];
  for (const { stream, schema, table } of wanted) {
    if (found.has(folded({ schema, table }))) continue;
    // It may be a table of others whose name differs in case, or one that was named under another setting.
    const { respelled, similar } = await searchTable({ dialect, connection }, stream, naming);
    if (respelled === undefined && similar.length === 0) missing.push({ stream, table: `${schema}.${table}` });
  }
  return missing;
}
