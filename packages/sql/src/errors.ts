/** Failures of every target for a SQL database: of names, tables and the ledger. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

/** What is known of the ledger in messages; see `LedgerLabel` in ledger/continuation.ts. */
interface LedgerLabel {
  stateId: string;
  table: string;
  location: string;
  words?: { place: string; ledger: string };
}

const placeOf = ({ words }: Pick<LedgerLabel, "words">): string => words?.place ?? "database";
const wrongPlace = (p: Pick<LedgerLabel, "words">): string => `If this is the wrong ${placeOf(p)}, correct the target's settings.`;

/** The runner puts the job and the state id into these commands. Without names: of all streams. */
const loadAgain = (streams: Iterable<string> = []): string =>
  `To load the rows again: \`tapline run … ${["--full-refresh --replace", ...[...streams].map(quoted)].join(" ")}\`. If they are there by other means: \`tapline state accept STATE_ID\`.`;

const quoted = (word: string): string => (/^[\w.…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

export const sqlErrorCatalogue = {
  name_collision: {
    class: "config",
    message: (p: { table: string; first: string; second: string }) =>
      `The streams ${JSON.stringify(p.first)} and ${JSON.stringify(p.second)} would both load into table ${p.table}`,
    hint: "Leave one out with the catalog, rename one, or set stream_names to exact.",
  },
  column_shared: {
    class: "config",
    message: (p: { table: string; column: string; first: string; second: string }) =>
      `The properties ${JSON.stringify(p.first)} and ${JSON.stringify(p.second)} would both load into column ${JSON.stringify(p.column)} of table ${p.table}, whose name differs from both only in case`,
    hint: "Leave one out with the catalog (tapline select), or rename the column as one of them is spelled; the other one then gets a new column.",
  },
  name_ambiguous: {
    class: "config",
    message: (p: { what: string; candidates: readonly string[] }) =>
      `${p.what} could load into ${p.candidates.map((name) => JSON.stringify(name)).join(" or ")}: the names differ only in case`,
    hint: "Rename the one that is meant exactly as the tap spells the name.",
  },
  names_changed: {
    class: "config",
    message: (p: { setting: string; what: string; found: string; wished: string }) =>
      `${p.what} was loaded into ${JSON.stringify(p.found)}, and with the present ${p.setting} it would be ${JSON.stringify(p.wished)}`,
    hint: (p: { setting: string }) =>
      `Set ${p.setting} back, or load the stream again with \`tapline run PIPELINE --full-refresh --replace STREAM\`. Where views or indexes depend on the table, rename it or its columns yourself, and remove the comments that start with "tapline: property".`,
  },
  no_columns: {
    class: "config",
    message: () => "The stream's schema has no properties, so its table would have no columns",
    hint: "Have the tap describe its columns in the SCHEMA message, or set add_record_metadata to true.",
  },
  schema_without_properties: {
    class: "data",
    message: () => "The stream's SCHEMA has no properties, so its records have no columns to be stored in",
    hint: "Have the tap describe the stream's columns: let it discover its catalog again, and check that the stream's schema there is not empty. Or leave the stream out with the catalog (tapline select).",
  },
  key_not_in_schema: {
    class: "config",
    message: (p: { key: string }) => `The key property ${JSON.stringify(p.key)} is not among the schema's properties`,
    hint: "Have the tap describe it in the SCHEMA message, or set load_method to append-only.",
  },
  not_a_table: {
    class: "config",
    message: (p: { table: string; what: string }) => `${p.table} is a ${p.what}, so no rows can be loaded into it`,
    hint: "Drop or rename it, or choose another default_target_schema.",
  },
  too_many_columns: {
    class: "config",
    message: (p: { table: string; columns: number; most: number; database: string }) =>
      `Table ${p.table} would have ${p.columns} columns, and ${p.database} allows ${p.most}`,
    hint: "Leave some out with the catalog (tapline select), or load into a database without that limit, such as DuckDB.",
  },
  schema_frozen: {
    class: "config",
    message: (p: { table: string; changes: readonly string[] }) =>
      `schema_policy is freeze, and table ${p.table} would have to change: ${p.changes.join("; ")}`,
    hint: "The table stays as it is. Have the tap send the old schema, change the table yourself, or set schema_policy to evolve for this stream.",
  },
  type_conflict: {
    class: "config",
    message: (p: { table: string; column: string; existing: string; wanted: string }) =>
      `Column ${JSON.stringify(p.column)} of table ${p.table} is ${p.existing}, which can't hold every ${p.wanted} the stream may send now`,
    hint: "Set schema_policy to new_column for this stream, which puts them into a second column, change the column yourself, or load into another table.",
  },
  extra_column_taken: {
    class: "data",
    message: (p: { table: string; column: string; type: string }) =>
      `A record has fields that its SCHEMA does not have, and they can't be kept: column ${JSON.stringify(p.column)} (${p.type}) of table ${p.table} holds something else`,
    hint: "Rename that column, or set unknown_fields to drop or fail.",
  },
  generated_column: {
    class: "config",
    message: (p: { table: string; column: string; database: string }) =>
      `${p.database} generates the values of column ${JSON.stringify(p.column)} of table ${p.table}, so it accepts none from the stream`,
    hint: "Leave the property out with the catalog (tapline select), rename the column, or drop its expression (of an identity: make it GENERATED BY DEFAULT).",
  },
  source_column_unfit: {
    class: "config",
    message: (p: { table: string; column: string; type: string }) =>
      `The rows of one source can't be found in table ${p.table}: its column ${JSON.stringify(p.column)} is ${p.type}, not text`,
    hint: "Nothing was deleted. Change the column to text, load into another table, or change the tap's setting that replaces rows (tap-csv: changed_files).",
  },
  range_column_unfit: {
    class: "config",
    message: (p: { table: string; column: string; type: string }) =>
      `The rows of a range can't be found in table ${p.table}: its column ${JSON.stringify(p.column)} is ${p.type}, not a time or a date`,
    hint: "Nothing was deleted. Change the column's type, load into another table, or leave out --replace-range.",
  },
  row_id_hidden: {
    class: "config",
    message: (p: { table: string; column: string; database: string }) =>
      `Table ${p.table} has a column ${JSON.stringify(p.column)}, which hides the row ids that ${p.database} needs to find the last row of a key`,
    hint: "Rename that column, or load the stream with load_method append-only. In tables that the target makes, the column gets another name.",
  },
  copy_refused: {
    class: "config",
    message: (p: { table: string; changes: readonly string[]; reason: string }) =>
      `Table ${p.table} can only be changed by a copy that replaces it, as ${p.reason}, and it has constraints, indexes, defaults or comments that the copy would not have: ${p.changes.join("; ")}`,
    hint: "Drop those, or change the columns yourself. Where rows were replaced before, it is enough that the tap sends a STATE before it changes keys or columns; otherwise set schema_policy to new_column for this stream.",
  },
  count_mismatch: {
    class: "bug",
    message: (p: { table: string; expected: string; found: string }) =>
      `Table ${p.table} has ${p.found} rows before the commit where ${p.expected} were expected, so it was rolled back`,
    hint: "Nothing of this commit was kept. Look for triggers or other programs that change the table, and report it with the input that led here.",
  },
  insert_count_mismatch: {
    class: "bug",
    message: (p: { table: string; expected: number; found: number; database: string }) =>
      `${p.database} stored ${p.found} of the ${p.expected} rows of a batch in table ${p.table}, so everything since the last commit was rolled back`,
    hint: "A trigger or rule that others gave the table may keep rows out: change it, or load into another table. Where there is none, report it with the input that led here.",
  },
  run_superseded: {
    class: "config",
    message: (p: { stateId: string; runId: string; table: string }) =>
      `Another run has taken over ${p.stateId}: ${p.table} no longer names run ${p.runId}, so nothing since its last commit was kept`,
    hint: "Two runs of one state id can't load side by side. Wait for the other one to end, then run again; nothing is lost.",
  },
  ledger_refused: {
    class: "config",
    message: (p: { reason: string }) => `exactly_once is require, but ${p.reason}`,
    hint: "Let the role create and write that table (or create it beforehand), or set exactly_once to prefer: appends are then at least once.",
  },
  ledger_without_run: {
    class: "config",
    message: () => "exactly_once is require, but no state_id and run_id were given",
    hint: "Start the target with `tapline run`, which passes them. In a plain pipe, the target can't know whether its input is complete, so appends are at least once there.",
  },
  ledger_missing: {
    class: "config",
    message: (p: LedgerLabel & { expected: string }) =>
      `This run continues from run ${p.expected}, but the ${placeOf(p)} ${p.location} has no commit of ${p.stateId} in its ${p.words?.ledger ?? "table"} ${p.table}: it is another ${placeOf(p)}, or it was just created because it was missing`,
    hint: (p: LedgerLabel) => `Nothing was read. ${wrongPlace(p)} ${loadAgain()}`,
  },
  ledger_differs: {
    class: "config",
    message: (p: LedgerLabel & { expected: string; found: string; at: string; age: "older" | "newer" | "different" }) =>
      `This run continues from run ${p.expected}, but the last commit of ${p.stateId} in the ${placeOf(p)} ${p.location} is of ${p.age === "different" ? "another" : `the ${p.age}`} run ${p.found}, at ${p.at}: ${
        p.age === "newer"
          ? "the project's state is an earlier one, or another copy of the project loads here too"
          : `the ${placeOf(p)} was restored from a backup, or it is another copy`
      }`,
    hint: (p: LedgerLabel) =>
      `Nothing was read. To continue from what the ${placeOf(p)} has: \`tapline run … --from-ledger\`. ${wrongPlace(p)} ${loadAgain()}`,
  },
  table_missing: {
    class: "config",
    message: (p: LedgerLabel & { again: readonly string[]; gone: readonly { stream: string; table: string }[] }) =>
      `The ${placeOf(p)} ${p.location} no longer has ${p.gone.length === 1 ? "the table" : "the tables"} that earlier runs loaded: ${p.gone.map(({ stream, table }) => `${table} of stream ${JSON.stringify(stream)}`).join(", ")}`,
    hint: (p: { again: readonly string[]; words?: LedgerLabel["words"] }) =>
      `Nothing was read. ${p.words?.ledger !== "file" ? "If the settings default_target_schema or stream_names changed, or the table was renamed, change that back." : wrongPlace(p)} ${loadAgain(p.again)}`,
  },
  rows_missing: {
    class: "config",
    message: (p: LedgerLabel & { streams: readonly string[]; again: readonly string[]; lost: string }) =>
      `The ${placeOf(p)} ${p.location} lacks the commit of run ${p.lost} that ${p.streams.length === 1 ? "this stream continues" : "these streams continue"} from, as other streams were loaded anew there: ${p.streams.map((stream) => JSON.stringify(stream)).join(", ")}`,
    hint: (p: { again: readonly string[] }) => `Nothing was read. ${loadAgain(p.again)}`,
  },
  rejects_changed: {
    class: "data",
    message: (p: { id: string }) => `The rejected row ${p.id} is no longer kept: another process replays or discards rows at the same time`,
    hint: "Nothing was changed. List what is kept now, and replay that.",
  },
  not_stored: {
    class: "config",
    message: (p: { table: string; location: string }) =>
      `The table ${p.table} is not in the database ${p.location}: another program dropped it during the load, or it is temporary`,
    hint: "Nothing after the last STATE was reported as loaded. Let no other program drop tables during a load, check default_target_schema, and load the stream again: `tapline run … --full-refresh --replace`.",
  },
  query_several: {
    class: "config",
    message: (p: { found: string }) => `A query is one statement, and this text has ${p.found}`,
    hint: "Run the statements one after another, or join them into one SELECT (WITH … SELECT, UNION ALL).",
  },
  query_not_reading: {
    class: "config",
    message: (p: { allowed: string }) => `Only statements that read can be run here: ${p.allowed}`,
    hint: "Nothing was changed. Change data with the database's own program.",
  },
  query_changes: {
    class: "config",
    message: (p: { reason: string }) => `The query would change the database, which was opened for reading only: ${p.reason}`,
    hint: "Nothing was changed. Change data with the database's own program.",
  },
  query_outside: {
    class: "config",
    message: (p: { reason: string }) => `The query would use something outside of the database: ${p.reason}`,
    hint: "A query can only read the tables and views of the database: no other files, databases or extensions.",
  },
  query_failed: {
    class: "config",
    message: (p: { reason: string }) => `The query failed: ${p.reason}`,
    hint: "Correct the SQL and run it again. Put names with capitals or special characters in double quotes.",
  },
  stream_not_found: {
    class: "config",
    message: (p: { table: string; location: string }) => `There is no table for the stream: ${p.table} is not in ${p.location}`,
    hint: (p: { known: readonly string[]; meant?: string | undefined }) =>
      p.meant !== undefined
        ? `Did you mean ${p.meant}?`
        : p.known.length === 0
          ? "Nothing was loaded there yet: run the tap into this target first, or check default_target_schema."
          : `There are: ${p.known.slice(0, 20).join(", ")}${p.known.length > 20 ? ", …" : ""}.`,
  },
  digest_table_missing: {
    class: "config",
    message: (p: { table: string; location: string }) =>
      `There is no table, schema or pattern of tables ${JSON.stringify(p.table)} in ${p.location}`,
    hint: (p: { known: readonly string[]; meant?: string | undefined }) =>
      p.meant !== undefined
        ? `Did you mean ${p.meant}?`
        : p.known.length === 0
          ? "The role sees no table there: check the database and the rights of the role."
          : `There are: ${p.known.slice(0, 20).join(", ")}${p.known.length > 20 ? ", …" : ""}.`,
  },
  digest_column_missing: {
    class: "config",
    message: (p: { column: string; table: string }) => `The table ${p.table} has no column ${JSON.stringify(p.column)}`,
    hint: (p: { known: readonly string[]; meant?: string | undefined }) =>
      p.meant !== undefined
        ? `Did you mean ${p.meant}?`
        : `There are: ${p.known.slice(0, 20).join(", ")}${p.known.length > 20 ? ", …" : ""}.`,
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(sqlErrorCatalogue);
