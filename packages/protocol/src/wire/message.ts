/**
 * The five Singer messages, REPLACE_SOURCE, and what they carry, as TypeScript types.
 * Source: the Singer specification (SPEC.md) and, for BATCH, the Meltano Singer SDK. The JSON Schemas are in `schemas.ts`.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A decoded row: plain JSON values, except that a number which a double can't hold is an `ExactNumber` (see `json.ts`). */
export type Row = Record<string, unknown>;

/** JSON Schema of drafts 4, 7 and 2020-12, as far as taps use it. Unknown keywords are kept. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema | JsonSchema[];
  required?: string[];
  format?: string;
  multipleOf?: number;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  additionalProperties?: boolean | JsonSchema;
  [keyword: string]: unknown;
}

export interface SchemaMessage {
  type: "SCHEMA";
  stream: string;
  schema: JsonSchema;
  /** Some taps leave it out; the decoder then makes it []. */
  key_properties: string[];
  bookmark_properties?: string[];
}

export interface RecordMessage {
  type: "RECORD";
  stream: string;
  record: Row;
  /**
   * Properties that the record lacks because the tap does not know their values, only that they did not change: the row of the key keeps
   * what it has there. Not part of Singer: send it only to targets with the capability `partial-records`.
   */
  unchanged?: string[];
  /** RFC 3339. */
  time_extracted?: string;
  version?: number;
}

export interface StateMessage {
  type: "STATE";
  value: Json;
}

export interface ActivateVersionMessage {
  type: "ACTIVATE_VERSION";
  stream: string;
  version: number;
  /**
   * It comes after the rows of its version, though the stream had none so far, such as after a TRUNCATE: it acts in the commit that follows. Not part of
   * Singer, whose taps also send the message before the rows: without this one that comes before any row waits for the end of the input.
   */
  after_rows?: boolean;
}

/**
 * The rows that follow come from this source and are all of it, up to the next STATE. Earlier rows of the stream whose `column` is `value`
 * are deleted in the commit that holds the new ones. Not part of Singer: send it only to targets with the capability `replace-source`.
 */
export interface ReplaceSourceMessage {
  type: "REPLACE_SOURCE";
  stream: string;
  /** A property of the stream's schema that holds text. */
  column: string;
  value: string;
}

/** Rows of a stream in files. Source: the Meltano Singer SDK, which knows `encoding` and `manifest` only; the other fields are ours. */
export interface BatchMessage {
  type: "BATCH";
  stream: string;
  encoding: BatchEncoding;
  /** URLs of the files, in the order of their rows. */
  manifest: string[];
  /** Of each file, as many entries as there are files: what the tap knows of its rows. */
  files?: BatchFileFacts[];
  /** Of all rows, as in a RECORD. */
  time_extracted?: string;
  version?: number;
}

/** `jsonl`: one JSON object a line. `parquet`. `csv`: only with `columns`. `pgcopy`: PostgreSQL's binary COPY, only with `columns` and `types`. */
export interface BatchEncoding {
  format: string;
  compression?: string | null;
  /** For CSV and `pgcopy`: the properties of the cells of each row, null for cells that are left out. The file has no header. */
  columns?: (string | null)[];
  /** One character. Default: a comma. */
  delimiter?: string;
  /** One character, which is doubled in a quoted cell; null: cells are never quoted. Default: a double quote. */
  quote?: string | null;
  /**
   * For CSV: a promise that a database can read the cells itself. Each row is one line of at most 1 MiB, with `line_end` after it. Cells with a quote in them are quoted; in a
   * column of a type other than text no cell is quoted and empty. Integers have at most 19 digits within 64 bits, decimals at most 18 without more after the point than `multipleOf`, both without
   * leading zeros or +; dates are YYYY-MM-DD, instants YYYY-MM-DDTHH:MM:SSZ (or a space for T), booleans true or false in any case. `nulls` of each file is there.
   */
  canonical?: boolean;
  /** For canonical CSV. */
  line_end?: "\n" | "\r\n";
  /**
   * For `pgcopy`: the type of PostgreSQL in whose binary form the values of each column are (`PgType` of the SDK), which is that of the property's schema. It is a promise that all
   * values fit: dates and times are of the years 1 to 9999, numbers are finite and within `precision` and `scale`, JSON is not null and not refused by `jsonb`. `nulls` of each file is there.
   */
  types?: string[];
  [key: string]: Json | undefined;
}

export interface BatchFileFacts {
  /** The number of rows. A file with another number is refused. */
  rows?: number;
  /** For canonical CSV and `pgcopy`: the columns in which a cell is null. */
  nulls?: string[];
  /** Where the rows are from: the file's name, for people, and the line of the first row. Later rows may be on later lines: `[row, line]` for each jump. */
  source?: { file: string; line: number; jumps?: [row: number, line: number][] };
}

export type Message = SchemaMessage | RecordMessage | StateMessage | ActivateVersionMessage | ReplaceSourceMessage | BatchMessage;
export type ReplicationMethod = "FULL_TABLE" | "INCREMENTAL" | "LOG_BASED";

/** One entry of a stream's metadata: `breadcrumb` is [] for the stream, ["properties", name, …] for a column. */
export interface MetadataEntry {
  breadcrumb: string[];
  metadata: { [key: string]: Json | undefined };
}

export interface CatalogStream {
  tap_stream_id: string;
  stream: string;
  schema: JsonSchema;
  key_properties: string[];
  replication_method?: ReplicationMethod;
  replication_key?: string;
  is_view?: boolean;
  metadata: MetadataEntry[];
  [field: string]: unknown;
}

export interface Catalog {
  streams: CatalogStream[];
}

/** The usual form of a state: a bookmark for each stream, null where the stream has none. Taps may keep other fields beside `bookmarks`. */
export interface State {
  bookmarks?: Record<string, StreamState | null>;
  [field: string]: Json | undefined;
}

export type StreamState = { [key: string]: Json };
