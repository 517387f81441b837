/** The settings of this target. Names as in MeltanoLabs' target-snowflake; those of pipelinewise's are aliases. */
import { type SettingAliases, type Static, Type } from "@tapline/sdk";
import { sqlSettings } from "@tapline/sql";

export const config = Type.Object({
  account: Type.String({ minLength: 1, description: "The account identifier, such as myorg-account123 or xy12345.eu-central-1." }),
  user: Type.Optional(Type.String({ minLength: 1, description: "User to log in as. Not needed with oauth_access_token." })),
  private_key: Type.Optional(
    Type.String({ secret: true, description: "Private key of the user (PKCS#8), as PEM text; its line ends may be written as \\n." }),
  ),
  private_key_path: Type.Optional(Type.String({ minLength: 1, description: "A file with that key." })),
  private_key_passphrase: Type.Optional(Type.String({ secret: true, description: "Passphrase of the key, where it is encrypted." })),
  programmatic_access_token: Type.Optional(Type.String({ secret: true, description: "A programmatic access token of the user." })),
  oauth_access_token: Type.Optional(Type.String({ secret: true, description: "An OAuth access token that is valid for the whole run." })),
  use_browser_authentication: Type.Optional(
    Type.Boolean({ description: "Log in with the browser of this machine. Only where a person sits at it." }),
  ),
  password: Type.Optional(
    Type.String({ secret: true, description: "Password of the user. Snowflake refuses it for most users; a key pair works for all." }),
  ),
  warehouse: Type.Optional(Type.String({ minLength: 1, description: "Warehouse that loads. Default: the user's own." })),
  role: Type.Optional(Type.String({ minLength: 1, description: "Role that loads; it owns new tables. Default: the user's own." })),
  database: Type.String({ minLength: 1, description: "Database of the tables." }),
  schema: Type.Optional(
    Type.String({ minLength: 1, description: "Schema for tables whose stream names none. Default: PUBLIC. default_target_schema wins." }),
  ),
  ...sqlSettings("the setting schema, else PUBLIC"),
  identifier_case: Type.Optional(
    Type.Union([Type.Literal("upper"), Type.Literal("exact")], {
      default: "upper",
      description:
        'upper: stream orders loads into ORDERS, which SQL finds as orders. exact: into "orders", which SQL finds only in quotes. Tables of others are found either way.',
    }),
  ),
  timestamp_type: Type.Optional(
    Type.Union([Type.Literal("TIMESTAMP_TZ"), Type.Literal("TIMESTAMP_LTZ"), Type.Literal("TIMESTAMP_NTZ")], {
      default: "TIMESTAMP_TZ",
      description: "Type of new columns for instants. All three hold the instant in UTC.",
    }),
  ),
  upsert_with: Type.Optional(
    Type.Union([Type.Literal("delete_insert"), Type.Literal("merge")], {
      default: "delete_insert",
      description:
        "How an upsert puts new rows in place of old ones: delete_insert deletes the old ones and inserts; merge is one MERGE, which leaves columns that the stream lacks as they are without reading them first. Where a table already has several rows of a key, delete_insert leaves one, and merge changes all of them.",
    }),
  ),
  file_bytes: Type.Optional(
    Type.Integer({
      minimum: 1_000_000,
      default: 128 * 1024 * 1024,
      description: "A Parquet file of a stream is sent when it has so many bytes, or at the commit.",
    }),
  ),
  parallel_uploads: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 16,
      default: 4,
      description: "Most files that are being sent, or wait for it on this disk, at a time.",
    }),
  ),
  lock_timeout_s: Type.Optional(
    Type.Integer({ minimum: 1, default: 60, description: "Longest wait for a table that another transaction changes." }),
  ),
  query_tag: Type.Optional(Type.String({ maxLength: 2000, description: "Tag of the statements in Snowflake's query history." })),
  proxy_url: Type.Optional(
    Type.String({ secret: true, description: "Proxy for the connection: http://user:password@host:port. Default: HTTPS_PROXY." }),
  ),
  access_url: Type.Optional(
    Type.String({ minLength: 1, description: "Address of the account where it is not the usual one, such as of a private link." }),
  ),
  commit_after_ms: Type.Integer({
    default: 60_000,
    minimum: 0,
    description:
      "Commit at the next STATE once rows have waited this long; also when no input arrives. Each commit keeps the warehouse awake.",
  }),
});

export type Config = Static<typeof config>;

export const aliases: SettingAliases = { dbname: "database", username: "user", token: "programmatic_access_token" };
