/** Makes a table, or changes it in its place, as planned. */
import { type Alteration, alterStatements, createStatement } from "./alteration.ts";
import type { TableName } from "./names/table-name.ts";
import type { TableContext } from "./table-context.ts";

export interface AlteredTable {
  place: TableName;
  /** What failures are told with. */
  about: string;
  /** Where rows landed, quoted: it becomes as the table is. */
  landing?: string | undefined;
}

/** With its schema, where that is missing. */
export async function createTable(
  context: TableContext,
  { place, about }: AlteredTable,
  alterations: readonly Alteration[],
): Promise<void> {
  const { dialect, connection } = context;
  await createSchema(context, place.schema, about);
  await connection.run(createStatement(dialect, dialect.qualify(connection.database, place), alterations), about);
}

export async function createSchema(
  { dialect, connection }: Pick<TableContext, "dialect" | "connection">,
  schema: string,
  about?: string,
): Promise<void> {
  if (await connection.hasSchema(schema)) return;
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dialect.qualifySchema(connection.database, schema)}`, about);
}

/** @returns the views that were made again */
export async function alterTable(
  { dialect, connection }: TableContext,
  { place, about, landing }: AlteredTable,
  alterations: readonly Alteration[],
): Promise<string[]> {
  const table = dialect.qualify(connection.database, place);
  const alter = async (name: string): Promise<void> => {
    for (const statement of alterStatements(dialect, name, alterations)) await connection.run(statement, about);
  };
  const widened = alterations.filter(({ kind }) => kind === "widen").map(({ name }) => name);
  let views: string[] = [];
  if (connection.aroundViews !== undefined && widened.length > 0) views = await connection.aroundViews(place, () => alter(table), widened);
  else await alter(table);
  if (landing !== undefined && landing !== table) await alter(landing);
  return views;
}
