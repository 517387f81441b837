/** Which table a stream loads into: the one of its name, else one of others whose name differs only in case, else a new one. */
import type { TargetStream } from "@tapline/sdk";
import type { Connection } from "../connection.ts";
import { errors } from "../errors.ts";
import { foldCase, otherCase } from "../names/name-case.ts";
import { streamTable } from "../names/stream-table.ts";
import type { NamingSettings, TableName } from "../names/table-name.ts";
import type { TableContext } from "./table-context.ts";

interface Session extends Pick<TableContext, "dialect"> {
  connection: Pick<Connection, "tablesLike">;
}

export interface TableSearch {
  /** The names that the settings give, before they are fitted. */
  named: TableName;
  wished: TableName;
  isThere: boolean;
  /** The stream's table under the other spelling. */
  respelled: string | undefined;
  /** Tables whose names differ only in case, of others or made for this stream. */
  similar: string[];
}

/** Only reads. */
export async function searchTable(
  { dialect: { names }, connection }: Session,
  stream: string,
  naming: NamingSettings,
): Promise<TableSearch> {
  const { wished: named, table: wished } = streamTable(stream, naming, names);
  const other = streamTable(stream, { ...naming, tableNames: otherCase(naming.tableNames ?? "as_is") }, names).table;
  const isSame = (a: string, b: string): boolean => names.fold(a) === names.fold(b);
  const found = await connection.tablesLike(wished.schema, [...new Set([wished.table, other.table])]);
  const isSimilar = (table: string): boolean => foldCase(table) === foldCase(wished.table);
  const similar = found.filter(({ table, stream: owner = stream, isTable }) => isTable && owner === stream && isSimilar(table));
  return {
    named,
    wished,
    isThere: found.some(({ table }) => isSame(table, wished.table)),
    respelled: found.find(({ table, stream: owner }) => isSame(table, other.table) && owner === stream && !isSimilar(table))?.table,
    similar: similar.map(({ table }) => table),
  };
}

/** Reports to the stream where the name is another one than the stream's. @throws name_ambiguous, names_changed */
export async function locateTable(session: Session, stream: TargetStream, naming: NamingSettings): Promise<TableName> {
  const { name } = stream;
  const what = `Stream ${JSON.stringify(name)}`;
  const { named, wished, isThere, respelled, similar } = await searchTable(session, name, naming);
  const report = (table: TableName): TableName => {
    stream.changed?.({ kind: "table_renamed", from: name, to: `${table.schema}.${table.table}` });
    return table;
  };
  if (isThere) return wished.table === named.table && wished.schema === named.schema ? wished : report(wished);
  if (respelled !== undefined && stream.loadMethod !== "overwrite")
    throw errors.names_changed({ setting: "table_names", what, found: respelled, wished: wished.table }, { stream: name });
  if (similar.length > 1) throw errors.name_ambiguous({ what, candidates: similar }, { stream: name });
  const located = { schema: wished.schema, table: similar[0] ?? wished.table };
  return located.table === name && located.schema === named.schema ? located : report(located);
}
