/** The settings of this target. */
import { continuesSchema } from "@tapline/protocol";
import { type Static, Type } from "@tapline/sdk";
import { unknownFieldSettings, valueSettings } from "@tapline/sql";

export const config = Type.Object({
  destination_path: Type.String({
    default: ".",
    minLength: 1,
    description:
      "The root: a folder, which is created when it is missing, or `s3://bucket/prefix`. It has the manifest and one folder for each stream.",
  }),
  endpoint: Type.Optional(
    Type.String({
      pattern: "^https?://[^/?#@\\s]+/?$",
      description:
        "For a root in S3: the URL of a service other than AWS, such as `http://127.0.0.1:9000`. The bucket is then a part of the path.",
    }),
  ),
  file_bytes: Type.Optional(
    Type.Integer({
      default: 128 << 20,
      minimum: 1 << 16,
      description: "A file ends when it has about so many bytes; the next rows go to a new one.",
    }),
  ),
  file_rows: Type.Optional(Type.Integer({ minimum: 1, description: "A file ends at about this many rows. Default: no limit." })),
  compression: Type.Optional(
    Type.Union([Type.Literal("zstd"), Type.Literal("gzip"), Type.Literal("none")], {
      default: "zstd",
      description: "How the values in files are compressed. zstd needs Node.js 22.15 or later.",
    }),
  ),
  partition_by: Type.Optional(
    Type.Union([Type.Array(Type.String({ minLength: 1 })), Type.Record(Type.String(), Type.Array(Type.String({ minLength: 1 })))], {
      description:
        'Columns whose values make folders, Hive style; `year(c)`, `month(c)`, `day(c)` and `hour(c)` take a part of a date or time, in UTC. A list for all streams, or one for each: {"orders": ["country", "month(created_at)"], "*": []}.',
    }),
  ),
  nested: Type.Optional(
    Type.Union([Type.Literal("json"), Type.Literal("struct")], {
      default: "json",
      description:
        "How objects and arrays are stored: `json` as JSON text; `struct` as STRUCT and LIST with the types of their schema, where it declares properties or items. A value that does not fit them makes the column JSON in the files that follow; nothing is lost.",
    }),
  ),
  memory_limit: Type.Optional(
    Type.String({
      default: "512MB",
      pattern: "^[0-9]+(\\.[0-9]+)? ?([kKmMgGtT]i?)?[bB]$",
      description:
        "Most memory for writing files again, which upserts and deletes do, as a number and a unit (MB, GB, MiB, GiB). More goes to disk.",
    }),
  ),
  ...unknownFieldSettings,
  ...valueSettings,
  exactly_once: Type.Optional(
    Type.Union([Type.Literal("prefer"), Type.Literal("require")], {
      default: "prefer",
      description: "`require` fails where no state_id and run_id are given, as in a plain pipe: only with them are appends exactly once.",
    }),
  ),
  state_id: Type.Optional(
    Type.String({ minLength: 1, description: "The id that the state of each commit is stored under; tapline sets it." }),
  ),
  run_id: Type.Optional(Type.String({ minLength: 1, description: "The only run that may commit under that state id; tapline sets it." })),
  continues: Type.Optional(continuesSchema),
});

export type Config = Static<typeof config>;
