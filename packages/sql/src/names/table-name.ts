/** Which table a stream loads into, by its name and the settings. Pure. */

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
}

/**
 * `singer_sdk` splits a name at "-": the last part is the table, and of two or three parts the one before it is the schema
 * (Meltano Singer SDK, `SQLSink.schema_name` and `table_name`). A name that splits into an empty part stays whole.
 */
export function tableName(stream: string, settings: NamingSettings): TableName {
  const { fallbackSchema } = settings;
  const parts = settings.streamNames === "exact" ? [stream] : stream.split("-");
  if (parts.includes("")) return { schema: settings.defaultSchema ?? fallbackSchema, table: stream };
  const fromName = parts.length === 2 || parts.length === 3 ? parts.at(-2) : undefined;
  return { schema: settings.defaultSchema ?? fromName ?? fallbackSchema, table: parts.at(-1) as string };
}
