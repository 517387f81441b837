/** The settings for files, for objects in S3 and for DuckDB's extensions. */
import { type Static, Type } from "@tapline/sdk";

const oneOrMore = (description: string) =>
  Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], { description });

const streamSettings = Type.Object({
  entity: Type.String({ minLength: 1, description: "Name of the stream." }),
  path: oneOrMore(
    "The files of the stream: a file, a folder, a pattern with `*`, `**`, `?`, `[a-c]`, `{a,b}`, an address such as `s3://bucket/orders/*.parquet`, or a list of these. A folder means all files in it whose names end as those of the format do.",
  ),
  format: Type.Optional(
    Type.Union([Type.Literal("parquet"), Type.Literal("json")], {
      description: "`json` is JSON lines or one list of objects, also compressed (.gz, .zst). Default: by the name of each file.",
    }),
  ),
  keys: Type.Optional(Type.Array(Type.String(), { description: "The columns that identify a row. Default: none." })),
  changed_files: Type.Optional(
    Type.Union([Type.Literal("fail"), Type.Literal("append"), Type.Literal("replace")], {
      default: "fail",
      description:
        "What to do with a file that was read before and has changed, where the target appends rows (streams without `keys`, or `load_method: append-only`): `fail` stops the stream before a row of the file is sent; `append` sends all its rows again, with a warning; `replace` exchanges the rows that were loaded from the file, which needs `add_metadata_columns` and a target that lists `replace-source`.",
    }),
  ),
  read_again: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        "Reads the files of the stream from their start, although they were read before; files that were read before and are not among them keep their bookmarks. Set it for one run.",
    }),
  ),
});

export type FileStream = Static<typeof streamSettings>;

const text = (description: string, secret = false) =>
  Type.Optional(Type.String({ minLength: 1, description, ...(secret ? { secret } : {}) }));

export const fileSettings = {
  files: Type.Optional(Type.Array(streamSettings, { description: "Streams of files." })),
  add_metadata_columns: Type.Optional(
    Type.Boolean({ default: false, description: "Adds `_sdc_source_file`, the path or address of a row's file, to streams of files." }),
  ),
  root: text("Local files outside this folder are refused, also where a link leads there. Default: no limit."),
  extensions: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        "Extensions of DuckDB to load, by name, or by the path of a .duckdb_extension file: httpfs for s3://. They must be installed; nothing is downloaded.",
    }),
  ),
  endpoint: Type.Optional(
    Type.String({
      pattern: "^https?://[^/?#@\\s]+/?$",
      description:
        "For s3://: the URL of a service other than AWS, such as `http://127.0.0.1:9000`. The bucket is then a part of the path.",
    }),
  ),
  aws_access_key_id: text("For s3://. Default: the variable AWS_ACCESS_KEY_ID; without one, buckets that are open to all."),
  aws_secret_access_key: text("For s3://. Default: the variable AWS_SECRET_ACCESS_KEY.", true),
  aws_session_token: text("For s3://, with keys that expire. Default: the variable AWS_SESSION_TOKEN.", true),
  aws_region: text("For s3://. Default: the variable AWS_REGION or AWS_DEFAULT_REGION, else us-east-1."),
};
