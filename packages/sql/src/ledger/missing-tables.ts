/** Which of some streams have no table that lasts, by one look at the database's catalog. */
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
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
  return wanted.filter((table) => !found.has(folded(table))).map(({ stream, schema, table }) => ({ stream, table: `${schema}.${table}` }));
}
