/** A stream's table as the models see it: which columns it has, under which names they go on, what time its rows have. Pure. */
import { errors } from "./errors.ts";
import { modelNames, plainNames, type StreamModels } from "./names.ts";
import { sqlName } from "./quote.ts";
import type { GenerateStream } from "./stream.ts";

export interface Table {
  sourceName: string;
  stream: GenerateStream;
  models: StreamModels;
  /** Folder of its files. */
  folder: string;
  columns: readonly Column[];
  /** What of `columns` are the keys. */
  keys: readonly Column[];
}

export interface Column {
  /** In the table. */
  name: string;
  /** In the models. */
  plain: string;
  type: string;
  /** About the row, not of it. */
  isMetadata: boolean;
}

/** Columns a history has beside the stream's own. */
export const historyColumns = ["valid_from", "valid_to", "is_current", "is_deleted", "log_time", "log_sequence"] as const;

export function planTables(sourceName: string, streams: readonly GenerateStream[]): Table[] {
  const models = modelNames(streams.map(({ stream }) => stream));
  return streams.map((stream, index) => {
    const own = models[index] as StreamModels;
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
    return { sourceName, stream, models: own, folder: `models/staging/${sourceName}/${own.table}`, columns, keys };
  });
}

/** The name of a metadata column in the table, quoted; undefined where it has none. */
export function metadata({ stream }: Table, property: string): string | undefined {
  const column = stream.columns.find((candidate) => candidate.property === property);
  return column === undefined ? undefined : sqlName(column.name);
}

/** `source('raw', 'items')` as a model reads from it. */
export const sourceOf = ({ sourceName, models }: Table): string => `{{ source('${sourceName}', '${models.table}') }}`;

/**
 * SQL for the time of a row, an instant. A row that says the key is gone carries nothing but its key, so it is not asked for a column of the stream's.
 * @throws valid_from_unknown, valid_from_no_time
 */
export function timeOf(table: Table): string {
  const extracted = metadata(table, "_sdc_extracted_at") as string;
  const { stream } = table;
  if (stream.validFrom === undefined) return extracted;
  const column = stream.columns.find(({ name, property }) => name === stream.validFrom || property === stream.validFrom);
  const known = stream.columns.map(({ name }) => JSON.stringify(name)).join(", ");
  if (column === undefined) throw errors.valid_from_unknown({ column: stream.validFrom, stream: stream.stream, known });
  const own = instant(sqlName(column.name), column.type);
  if (own === undefined) throw errors.valid_from_no_time({ column: stream.validFrom, stream: stream.stream, type: column.type });
  return `case when ${metadata(table, "_sdc_deleted_at")} is null then coalesce(${own}, ${extracted}) else ${metadata(table, "_sdc_deleted_at")} end`;
}

/** Times without zone are UTC, whatever the session's zone. */
function instant(name: string, type: string): string | undefined {
  if (/^(timestamp with time zone|timestamptz)$/i.test(type)) return name;
  return /^(date$|timestamp)/i.test(type) ? `cast(${name} as timestamp) at time zone 'UTC'` : undefined;
}
