/** The settings of this tap: those of the connection, and which tables are read and how. Names as in MeltanoLabs' tap where it has them. */
import { connectionAliases, connectionSettings } from "@tapline/postgres";
import { type SettingAliases, type Static, Type } from "@tapline/sdk";
import { namePatterns, rangeSettings } from "@tapline/sql-tap";

const { role, search_path, ...connection } = connectionSettings;

/** What `--snapshot` prints. `oldest` is of the moment when the snapshot was taken. */
const heldSnapshot = Type.Object(
  {
    id: Type.String({ minLength: 1, description: "As PostgreSQL's pg_export_snapshot returned it." }),
    oldest: Type.Union(
      [
        Type.Object({ at: Type.String({ description: "When the oldest transaction began that was open." }) }),
        Type.Object({ unknown: Type.String({ description: "Why that is not known." }) }),
      ],
      { description: "Which rows may still have come with an older replication key." },
    ),
  },
  {
    description:
      "Read in this snapshot, which another process holds: what `tap-postgres --snapshot` prints, as long as that runs. LOG_BASED streams have a snapshot of their own. tapline migrate sets it.",
  },
);

export const config = Type.Object({
  ...connection,
  role: Type.Optional(
    Type.String({ minLength: 1, description: "Role to take after logging in (SET ROLE): the tables that it may read are the streams." }),
  ),
  search_path: Type.Optional({
    ...search_path,
    description: "The session's search_path. Tables and types are always named with their schema; functions in views may need it.",
  }),
  filter_schemas: namePatterns(
    "Schemas to read: a list, or names with commas between them; * stands for any characters. Default: all that the role may read, without those of the server.",
  ),
  filter_tables: namePatterns("Tables and views to read, as schema.table; * stands for any characters. Default: all of those schemas."),
  stream_options: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        custom_where_clauses: Type.Optional(
          Type.Array(Type.String({ minLength: 1 }), { description: "Conditions in SQL, all of which a row must meet; the table is t." }),
        ),
      }),
      {
        description:
          'Rows to read, by stream: {"public-orders": {"custom_where_clauses": ["amount > 0"]}}. The conditions are SQL of the person who writes them. In a whole read, rows that do not meet them count as deleted.',
      },
    ),
  ),
  ssl: Type.Optional(Type.Boolean({ description: "PipelineWise's name: true is ssl_mode require." })),
  default_replication_method: Type.Optional(
    Type.Union([Type.Literal("FULL_TABLE"), Type.Literal("INCREMENTAL"), Type.Literal("LOG_BASED")], {
      default: "FULL_TABLE",
      description:
        "For streams whose catalog names no method. INCREMENTAL: those with exactly one column of server time (DEFAULT now()) named updated_at, or else created_at, are read by it; the others whole. LOG_BASED: tables are read from the server's log of changes, and views whole.",
    }),
  ),
  replication_slot_name: Type.Optional(
    Type.String({
      pattern: "^[a-z0-9_]{1,63}$",
      description:
        "Replication slot of LOG_BASED streams, which no other run or program may read. It is made where it is missing, and never dropped. Default: one is made for the state id of a run by tapline.",
    }),
  ),
  max_retained_wal: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        "MiB of log that the server may keep for the replication slot between two runs, and while a run follows. From half of it on a run warns; above it the run reads what there is, and then ends failed, so that somebody looks. Default: no limit.",
    }),
  ),
  publication: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "Publication of LOG_BASED streams, which must have their tables and is never changed. Default: one is made, with the name of the slot, which takes the tables' owner.",
    }),
  ),
  dates_as_string: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        "true: dates and timestamps are text as PostgreSQL writes it, in UTC. false: they are dates until a value is none to JSON Schema (infinity, before the year 1, after 9999), and text from there on.",
    }),
  ),
  late_rows: Type.Optional(
    Type.Union([Type.Literal("auto"), Type.Literal("hold"), Type.Literal("scan")], {
      default: "auto",
      description:
        "How INCREMENTAL streams find rows that commit late, with a replication key before the bookmark. auto: where the key is the server's time (DEFAULT now()), the bookmark is held at the start of the oldest open transaction; otherwise lookback, or a warning. hold: every timestamptz key is the server's time. scan: the next run also reads the rows of transactions that were open, which costs a scan of the table.",
    }),
  ),
  lookback: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        "How far before its bookmark an INCREMENTAL stream is read again: seconds where the replication key is a time, a count where it is a number.",
    }),
  ),
  ...rangeSettings,
  snapshot: Type.Optional(heldSnapshot),
  parallel: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 32,
      default: 1,
      description: "Connections that read the parts of a whole table at once, all from one snapshot.",
    }),
  ),
});

export type Config = Static<typeof config>;

export const aliases: SettingAliases = connectionAliases;
