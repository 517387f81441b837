/** The Singer messages, the catalog and the state as JSON Schemas, as tolerant as the decoder. `npm run generate` writes them to `schemas/`. */
import { Type } from "../type.ts";

const jsonSchema = Type.Object({}, { description: "A JSON Schema (draft 4, 7 or 2020-12) of type object", additionalProperties: true });
const anyJson = Type.Unknown();

export const schemaMessage = Type.Object(
  {
    type: Type.Literal("SCHEMA"),
    stream: Type.String({ description: "Name of the stream" }),
    schema: jsonSchema,
    key_properties: Type.Optional(
      Type.Union([Type.Array(Type.String()), Type.Null()], { description: "Columns that identify a row; missing or null means none" }),
    ),
    bookmark_properties: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  },
  { description: "Declares a stream; sent before its first RECORD, and again when the schema changes", additionalProperties: true },
);

export const recordMessage = Type.Object(
  {
    type: Type.Literal("RECORD"),
    stream: Type.String(),
    record: Type.Object({}, { description: "One row", additionalProperties: true }),
    unchanged: Type.Optional(
      Type.Union([Type.Array(Type.String()), Type.Null()], {
        description:
          "Properties that are not in the record and did not change: the row of the key keeps its values there. They are in the SCHEMA and no keys. Not part of Singer; for targets with the capability `partial-records`",
      }),
    ),
    time_extracted: Type.Optional(Type.String({ description: "RFC 3339: when the row was read" })),
    version: Type.Optional(Type.Integer({ description: "Version of the table this row belongs to" })),
  },
  { description: "One row of a stream", additionalProperties: true },
);

export const stateMessage = Type.Object(
  { type: Type.Literal("STATE"), value: anyJson },
  { description: "From where the tap can continue, once everything before this message is durable", additionalProperties: true },
);

export const activateVersionMessage = Type.Object(
  {
    type: Type.Literal("ACTIVATE_VERSION"),
    stream: Type.String(),
    version: Type.Number(),
    after_rows: Type.Optional(
      Type.Boolean({
        description:
          "true: it comes after the rows of its version, though the stream had none so far, and acts in the commit that follows. Otherwise one before any row waits for the end of the input",
      }),
    ),
  },
  { description: "Rows of older versions are no longer in the source", additionalProperties: true },
);

export const replaceSourceMessage = Type.Object(
  {
    type: Type.Literal("REPLACE_SOURCE"),
    stream: Type.String(),
    column: Type.String({ description: "The property that names a row's source" }),
    value: Type.String({ description: "The source that follows" }),
  },
  {
    description:
      "The rows up to the next STATE are all rows of this source: earlier ones are deleted in the same commit. Not part of Singer; for targets with the capability `replace-source`",
    additionalProperties: true,
  },
);

const character = (description: string) => Type.String({ minLength: 1, maxLength: 1, description });

export const batchMessage = Type.Object(
  {
    type: Type.Literal("BATCH"),
    stream: Type.String(),
    encoding: Type.Object(
      {
        format: Type.String({ description: "`jsonl` (a JSON object a line), `parquet`, `csv` or `pgcopy` (PostgreSQL's binary COPY)" }),
        compression: Type.Optional(
          Type.Union([Type.String(), Type.Null()], { description: "`gzip`, `zstd` or `none`; what a file starts with decides" }),
        ),
        columns: Type.Optional(
          Type.Array(Type.Union([Type.String(), Type.Null()]), {
            description:
              "For CSV, which has no header, and `pgcopy`: the properties of a row's cells; null: the cell is left out. Not part of the Singer SDK",
          }),
        ),
        delimiter: Type.Optional(character("For CSV. Default: a comma")),
        quote: Type.Optional(
          Type.Union([character("For CSV: around cells, and doubled inside them. Default: a double quote"), Type.Null()]),
        ),
        canonical: Type.Optional(
          Type.Boolean({
            description:
              "For CSV: each row is one line, every number, boolean, date and time is written in the one canonical form, and `nulls` is there for each file, so that a database can read the file itself",
          }),
        ),
        line_end: Type.Optional(Type.Enum(["\n", "\r\n"], { description: "Of canonical CSV" })),
        types: Type.Optional(
          Type.Array(Type.String(), {
            description:
              "For `pgcopy`: the type of PostgreSQL that each column's values are in, one of bool, int8, numeric, text, date, time, timestamptz, uuid, bytea and json (its text). All values fit the schema",
          }),
        ),
      },
      { additionalProperties: true },
    ),
    manifest: Type.Array(Type.String(), { description: "URLs (file://…) of files that hold rows" }),
    files: Type.Optional(
      Type.Array(
        Type.Object(
          {
            rows: Type.Optional(Type.Integer({ minimum: 0, description: "How many rows the file has; another number is an error" })),
            nulls: Type.Optional(
              Type.Array(Type.String(), { description: "Of canonical CSV and `pgcopy`: the columns in which a cell is null" }),
            ),
            source: Type.Optional(
              Type.Object(
                {
                  file: Type.String({ description: "The file that the rows are from, for messages" }),
                  line: Type.Integer({ minimum: 1, description: "The line of the first row there" }),
                  jumps: Type.Optional(
                    Type.Array(Type.Array(Type.Integer()), {
                      description: "[row, line] for each row, from 0, that is not on the next line",
                    }),
                  ),
                },
                { description: "Where the rows are from" },
              ),
            ),
          },
          { additionalProperties: true },
        ),
        { description: "What the tap knows of each file of the manifest. Not part of the Singer SDK" },
      ),
    ),
    time_extracted: Type.Optional(Type.String({ description: "Of all rows, as in a RECORD. Not part of the Singer SDK" })),
    version: Type.Optional(Type.Integer({ description: "Of all rows, as in a RECORD. Not part of the Singer SDK" })),
  },
  { description: "Rows in files (Meltano Singer SDK)", additionalProperties: true },
);

const replicationMethod = Type.Union([Type.Literal("FULL_TABLE"), Type.Literal("INCREMENTAL"), Type.Literal("LOG_BASED")]);

const streamMetadata = Type.Object(
  {
    breadcrumb: Type.Array(Type.String(), { description: '[] for the stream, ["properties", name] for a column' }),
    metadata: Type.Object(
      {
        inclusion: Type.Optional(Type.Union([Type.Literal("available"), Type.Literal("automatic"), Type.Literal("unsupported")])),
        selected: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
        "selected-by-default": Type.Optional(Type.Boolean()),
        "replication-method": Type.Optional(replicationMethod),
        "forced-replication-method": Type.Optional(replicationMethod),
        "replication-key": Type.Optional(Type.String()),
      },
      { additionalProperties: true },
    ),
  },
  { additionalProperties: true },
);

export const catalog = Type.Object(
  {
    streams: Type.Array(
      Type.Object(
        {
          tap_stream_id: Type.String(),
          stream: Type.Optional(Type.String({ description: "Name on the wire; default: tap_stream_id" })),
          schema: jsonSchema,
          key_properties: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
          replication_method: Type.Optional(Type.Union([replicationMethod, Type.Null()])),
          replication_key: Type.Optional(Type.Union([Type.String(), Type.Null()])),
          metadata: Type.Optional(Type.Array(streamMetadata)),
        },
        { additionalProperties: true },
      ),
    ),
  },
  { description: "The streams that a tap offers (--discover), and which of them to read (--catalog)", additionalProperties: true },
);

export const state = Type.Object(
  {
    bookmarks: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.Record(Type.String(), anyJson), Type.Null()]), {
        description: "For each stream, how far it was read; null: nothing yet",
      }),
    ),
  },
  { description: "What a STATE message carries and a tap reads with --state", additionalProperties: true },
);
