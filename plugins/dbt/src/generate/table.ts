/** The table of a stream for the models: its columns, their names in the models, and the time of its rows. Pure. */
import { errors } from "./errors.ts";
import { modelNames, plainNames, type StreamModels } from "./names.ts";
import { sqlName } from "./quote.ts";
import type { GenerateStream } from "./stream.ts";

export interface Table {
  sourceName: string;
  stream: GenerateStream;
  models: StreamModels;
  /** The folder of the stream's files. */
  folder: string;
  columns: readonly Column[];
  /** The columns that are keys. */
  keys: readonly Column[];
}

export interface Column {
  /** The name in the table. */
  name: string;
  /** The name in the models. */
  plain: string;
  type: string;
  /** An `_sdc_` column, not one of the stream. */
  isMetadata: boolean;
}

/** The columns that a history adds to those of the stream. */
const historyColumns = ["valid_from", "valid_to", "is_current", "is_deleted", "log_time", "log_sequence"] as const;

export function planTables(sourceName: string, streams: readonly GenerateStream[]): Table[] {
  const models = modelNames(streams.map(({ stream }) => stream));
  return streams.map((stream, index) => {
    const streamModels = models[index] as StreamModels;
    const reserved = [...historyColumns, "load_started", "loaded_at"];
    const plain = plainNames(
      stream.columns.map(({ name }) => name),
      "column",
      reserved,
    );
    const columns = stream.columns.map(({ property, name, type }, at) => ({
      name,
      plain: plain[at] as string,
      type,
      isMetadata: property.startsWith("_sdc_"),
    }));
    const keys = stream.keys.flatMap((key) => columns.filter(({ name }) => name === key));
    return { sourceName, stream, models: streamModels, folder: `models/staging/${sourceName}/${streamModels.table}`, columns, keys };
  });
}

/** The quoted name of a metadata column; undefined when the table does not have it. */
export function metadata({ stream }: Table, property: string): string | undefined {
  const column = stream.columns.find((candidate) => candidate.property === property);
  return column === undefined ? undefined : sqlName(column.name);
}

/** The `{{ source('raw', 'items') }}` that a model reads from. */
export const sourceOf = ({ sourceName, models }: Table): string => `{{ source('${sourceName}', '${models.table}') }}`;

/**
 * SQL for the time of a row, as an instant. A row for a deleted key has no values in the stream's columns, so its time of deletion is used.
 * @throws valid_from_unknown, valid_from_no_time
 */
export function timeOf(table: Table): string {
  const extracted = metadata(table, "_sdc_extracted_at") as string;
  const { stream } = table;
  if (stream.validFrom === undefined) return extracted;
  const column = stream.columns.find(({ name, property }) => name === stream.validFrom || property === stream.validFrom);
  const known = stream.columns.map(({ name }) => JSON.stringify(name)).join(", ");
  if (column === undefined) throw errors.valid_from_unknown({ column: stream.validFrom, stream: stream.stream, known });
  const validFrom = instant(sqlName(column.name), column.type);
  if (validFrom === undefined) throw errors.valid_from_no_time({ column: stream.validFrom, stream: stream.stream, type: column.type });
  return `case when ${metadata(table, "_sdc_deleted_at")} is null then coalesce(${validFrom}, ${extracted}) else ${metadata(table, "_sdc_deleted_at")} end`;
}

/** Times without a time zone are UTC, whatever the zone of the session. */
function instant(name: string, type: string): string | undefined {
  if (/^(timestamp with time zone|timestamptz)$/i.test(type)) return name;
  return /^(date$|timestamp)/i.test(type) ? `cast(${name} as timestamp) at time zone 'UTC'` : undefined;
}
