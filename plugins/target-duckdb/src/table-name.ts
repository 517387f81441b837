/** Which table a stream loads into. */
export interface TableName {
  schema: string;
  table: string;
}

export interface NamingSettings {
  streamNames: "singer_sdk" | "exact";
  /** Where the user set it; it then wins over a schema in the stream's name. */
  defaultSchema: string | undefined;
}

/** Schema of tables whose stream names none. */
export const fallbackSchema = "main";

/**
 * `singer_sdk` splits a name at "-": the last part is the table, and of two or three parts the one before it is the schema
 * (Meltano Singer SDK, `SQLSink.schema_name` and `table_name`). A name that splits into an empty part stays whole.
 */
export function tableName(stream: string, settings: NamingSettings): TableName {
  const parts = settings.streamNames === "exact" ? [stream] : stream.split("-");
  if (parts.includes("")) return { schema: settings.defaultSchema ?? fallbackSchema, table: stream };
  const fromName = parts.length === 2 || parts.length === 3 ? parts.at(-2) : undefined;
  return { schema: settings.defaultSchema ?? fromName ?? fallbackSchema, table: parts.at(-1) as string };
}

/** Names that are one to DuckDB have the same folded form: it ignores case of ASCII letters and of no others. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
