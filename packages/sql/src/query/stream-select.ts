/** The SELECT that shows the rows of a stream: from the table that the stream was loaded into. */
import { didYouMean } from "@tapline/sdk";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import { searchTable } from "../load/table-location.ts";
import type { NamingSettings, TableName } from "../names/table-name.ts";
import type { ReadSession } from "./read-session.ts";

interface StreamContext {
  dialect: Dialect;
  session: Pick<ReadSession, "tablesLike">;
  naming: NamingSettings;
}

/** @throws stream_not_found, name_ambiguous */
export async function streamSelect(
  context: StreamContext & { session: ReadSession },
  stream: string,
  withMetadata: boolean,
): Promise<string> {
  const { dialect, session } = context;
  const { names, statements } = dialect;
  const table = await tableOf(context, stream);
  const columns = (await session.describe(table))?.columns.map(({ name }) => name) ?? [];
  const shown = withMetadata ? [] : columns.filter((name) => !name.startsWith("_sdc_"));
  return statements.selectRows(names.qualify(session.database, table), shown);
}

/** @throws stream_not_found, name_ambiguous */
async function tableOf(context: StreamContext & { session: ReadSession }, stream: string): Promise<TableName> {
  const { session } = context;
  const { found, wished } = await findTable(context, stream);
  if (found !== undefined) return found;
  const known = [...new Set((await session.tablesIn(wished.schema)).map(({ table, stream: owner = table }) => owner))].sort();
  const label = `${wished.schema}.${wished.table}`;
  throw errors.stream_not_found({ table: label, location: session.location, known, meant: didYouMean(stream, known) }, { stream });
}

/** The table that the stream was loaded into, where there is one, and the one of its name. @throws name_ambiguous */
export async function findTable(
  { dialect, session, naming }: StreamContext,
  stream: string,
): Promise<{ found: TableName | undefined; wished: TableName }> {
  const { wished, isThere, respelled, similar } = await searchTable({ dialect, connection: session }, stream, naming);
  if (isThere) return { found: wished, wished };
  if (respelled !== undefined) return { found: { ...wished, table: respelled }, wished };
  const [only, ...others] = similar;
  if (others.length > 0) throw errors.name_ambiguous({ what: `Stream ${JSON.stringify(stream)}`, candidates: similar }, { stream });
  return { found: only === undefined ? undefined : { ...wished, table: only }, wished };
}
