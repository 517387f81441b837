/** The SELECT that shows the rows of a stream: from the table that the stream was loaded into. */
import { didYouMean } from "@tapline/sdk";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import { searchTable } from "../load/table-location.ts";
import type { NamingSettings, TableName } from "../names/table-name.ts";
import type { ReadSession } from "./read-session.ts";

interface StreamContext {
  dialect: Dialect;
  session: ReadSession;
  naming: NamingSettings;
}

/** @throws stream_not_found, name_ambiguous */
export async function streamSelect(context: StreamContext, stream: string, withMetadata: boolean): Promise<string> {
  const { dialect, session } = context;
  const { names, statements } = dialect;
  const table = await tableOf(context, stream);
  const columns = (await session.describe(table))?.columns.map(({ name }) => name) ?? [];
  const shown = withMetadata ? [] : columns.filter((name) => !name.startsWith("_sdc_"));
  return statements.selectRows(names.qualify(session.database, table), shown);
}

/** @throws stream_not_found, name_ambiguous */
export async function tableOf({ dialect, session, naming }: StreamContext, stream: string): Promise<TableName> {
  const { wished, isThere, respelled, similar } = await searchTable({ dialect, connection: session }, stream, naming);
  if (isThere) return wished;
  if (respelled !== undefined) return { ...wished, table: respelled };
  const [only, ...others] = similar;
  if (others.length > 0) throw errors.name_ambiguous({ what: `Stream ${JSON.stringify(stream)}`, candidates: similar }, { stream });
  if (only !== undefined) return { ...wished, table: only };
  const known = [...new Set((await session.tablesIn(wished.schema)).map(({ table, stream: owner = table }) => owner))].sort();
  const label = `${wished.schema}.${wished.table}`;
  throw errors.stream_not_found({ table: label, location: session.location, known, meant: didYouMean(stream, known) }, { stream });
}
