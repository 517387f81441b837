/** The table of a stream as the database can have it. Pure. */
import type { Names } from "../dialect/names.ts";
import { fitName } from "./fit-name.ts";
import { type NamingSettings, type TableName, tableName } from "./table-name.ts";

/** `wished`: the names that the settings give, before they are fitted. */
export function streamTable(stream: string, naming: NamingSettings, names: Names): { wished: TableName; table: TableName } {
  const wished = tableName(stream, naming);
  const schema = fitName(wished.schema, { ...names, reserved: names.reservedSchemas });
  return { wished, table: { schema, table: fitName(wished.table, names) } };
}
