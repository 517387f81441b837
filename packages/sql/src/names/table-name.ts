/** Which table a stream loads into, by its name and the settings. Pure. */
import { type NameCase, spellName } from "./name-case.ts";

export interface TableName {
  schema: string;
  table: string;
}

export interface NamingSettings {
  streamNames: "singer_sdk" | "exact";
  /** Where the user set it; it then wins over a schema in the stream's name. */
  defaultSchema: string | undefined;
  /** Schema of tables whose stream names none. */
  fallbackSchema: string;
  tableNames?: NameCase | undefined;
}

/**
 * `singer_sdk` splits a name at "-": the last part is the table, and of two or three parts the one before it is the schema
 * (Meltano Singer SDK, `SQLSink.schema_name` and `table_name`). A name that splits into an empty part stays whole. Each part is then
 * spelled in the case that `tableNames` gives.
 */
export function tableName(stream: string, settings: NamingSettings): TableName {
  const { fallbackSchema, tableNames = "as_is" } = settings;
  const parts = settings.streamNames === "exact" || stream.split("-").includes("") ? [stream] : stream.split("-");
  const [table = "", schema] = parts.toReversed().map((part) => spellName(part, tableNames));
  const fromName = parts.length === 2 || parts.length === 3 ? schema : undefined;
  return { schema: settings.defaultSchema ?? fromName ?? fallbackSchema, table };
}
