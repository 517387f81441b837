/** What can go wrong in any plugin built with the SDK: in its config, its catalog, its rows, and with the process around it. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const sdkErrorCatalogue = {
  usage: {
    class: "config",
    message: (p: { reason: string }) => p.reason,
    hint: (p: { plugin: string }) => `See ${p.plugin} --help.`,
  },
  config_file_missing: {
    class: "config",
    message: (p: { path: string }) => `The file ${p.path} doesn't exist`,
    hint: "Check the path. A relative path starts at the folder of tapline.yml; without a project, at the folder where the command runs.",
  },
  config_file_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The file ${p.path} can't be read: ${p.reason}`,
    hint: "Give the user that runs this command permission to read the file.",
  },
  config_file_not_json: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The file ${p.path} is not JSON: ${p.reason}`,
    hint: "It must hold one JSON object. A trailing comma, a comment or single quotes are the usual causes.",
  },
  config_invalid: {
    class: "config",
    message: (p: { problems: readonly string[] }) => `The config can't be used: ${p.problems.join("; ")}`,
    hint: (p: { plugin: string }) => `For all settings: ${p.plugin} --about, or in a project: tapline about ${p.plugin}`,
  },
  config_unsupported: {
    class: "config",
    message: (p: { setting: string; why: string }) =>
      `The setting ${p.setting} is not supported, and ignoring it would change the data: ${p.why}`,
    hint: (p: { setting: string }) => `Remove ${p.setting} from the config if the data may arrive without it.`,
  },
  check_invalid: {
    class: "config",
    message: (p: { id: string; problem: string }) => `The check ${p.id} can't be used: ${p.problem}`,
    hint: "Correct it in tapline.yml; docs/how-to/checks.md has all rules.",
  },
  check_column_missing: {
    class: "config",
    message: (p: { id: string; column: string; meant: string | undefined }) =>
      `The check ${p.id} is about the column ${JSON.stringify(p.column)}, which the stream does not have${p.meant === undefined ? "" : `; did you mean ${p.meant}?`}`,
    hint: "Correct the name of the column in `checks` in tapline.yml.",
  },
  check_stopped: {
    class: "data",
    message: (p: { rule: string; row: string }) =>
      `A row does not keep a rule that stops the load: ${p.rule}${p.row === "" ? "" : ` (${p.row})`}`,
    hint: (p: { id: string; isHeld: boolean }) =>
      `Mend the row at its source and run again: ${p.isHeld ? "nothing of this run is loaded, for it has one commit, at its end" : "rows before the last bookmark are loaded, this row and those after it are not"}. To load such rows and be warned, give the check ${p.id} \`on_fail: warn\`.`,
  },
  commit_checks_failed: {
    class: "data",
    message: (p: { problems: readonly string[] }) =>
      `Nothing was loaded, because of what the tables would have been: ${p.problems.slice(0, 5).join("; ")}${p.problems.length > 5 ? "; and more" : ""}`,
    hint: "Mend the data at its source and run again: the tables and the bookmark are as they were before the run. To load it and look then, give the check `when: after`.",
  },
  commit_checks_unsupported: {
    class: "config",
    message: (p: { target: string }) => `${p.target} can't look at its tables before it commits, so \`commit_checks\` can't be used`,
    hint: "Remove it, or ask after the load: --check.",
  },
  stream_not_offered: {
    class: "config",
    message: (p: { stream: string }) =>
      `The catalog selects the stream ${JSON.stringify(p.stream)}, which the tap does not find: it is gone, or may not be read`,
    hint: (p: { stream: string }) =>
      `Discover again (in a project: --refresh-catalog; otherwise --discover), grant the right to read it, or leave it out: select: ["!${p.stream}"] in tapline.yml.`,
  },
  streams_failed: {
    class: "data",
    message: (p: { failures: readonly { stream: string; message: string }[]; of: number }) =>
      `${p.failures.length} of ${p.of} streams failed: ${p.failures.map(({ stream, message }) => `${JSON.stringify(stream)}: ${message}`).join("; ")}`,
    hint: (p: { hint: string }) =>
      `The other streams were read, and the state of each is its own. For the first that failed: ${p.hint} Then run again.`,
  },
  group_misused: {
    class: "bug",
    message: (p: { why: string }) => `Streams that are read together yield ${p.why}`,
    hint: "Yield chunks of the streams that `contexts` has, and `checkpoints({ … })` for all of them in place of a checkpoint.",
  },
  replication_key_missing: {
    class: "config",
    message: (p: { stream: string }) =>
      `Stream ${JSON.stringify(p.stream)} is INCREMENTAL, but none of its selected columns is its replication key`,
    hint: (p: { stream: string }) =>
      `Name a column of it in tapline.yml (metadata: { ${JSON.stringify(p.stream)}: { replication-key: COLUMN } }) or as replication_key in the catalog, and select that column; or set the replication method to FULL_TABLE.`,
  },
  value_unencodable: {
    class: "data",
    message: (p: { what: string }) => `A record holds ${p.what}, which JSON can't carry`,
    hint: "Have the tap send null or text instead.",
  },
  record_invalid: {
    class: "data",
    recovery: "skip",
    message: (p: { problem: string; value: string; isNumberForTime?: boolean }) =>
      `A record does not fit its schema: ${p.problem}; it is ${p.value}`,
    hint: ({ isNumberForTime }) =>
      isNumberForTime === true
        ? "If the number counts from 1970-01-01 UTC, set epoch_times to its unit, which targets for databases have. Otherwise correct the value at its source, or the property's type in the tap's catalog."
        : "If the column's type was changed in the source, read the catalog again (in a project: --refresh-catalog). Otherwise correct the value at its source, widen the column's type in the tap's catalog, or set validate_records: false to leave the check to the database.",
  },
  unchanged_invalid: {
    class: "data",
    recovery: "skip",
    message: (p: { why: string }) => `The record's list \`unchanged\` can't be used: ${p.why}`,
    hint: "It must name properties of the stream's SCHEMA that are not keys and are not in the record. Report it to the tap's author.",
  },
  unchanged_refused: {
    class: "data",
    recovery: "skip",
    message: (p: { names: readonly string[]; why: string }) =>
      `The record does not have ${p.names.map((name) => JSON.stringify(name)).join(", ")} and asks to keep the values that the row has there, but ${p.why}`,
    hint: "Load the stream with load_method: upsert and with key_properties into a target that lists partial-records in --about, or have the tap send whole records. NULL in their place would be wrong data.",
  },
  partial_row_invalid: {
    class: "bug",
    message: (p: { why: string }) => `The tap yields a partial row that can't be sent: ${p.why}`,
    hint: "Pass to partialRow the columns that the row lacks: columns of the stream's schema that are not keys.",
  },
  partial_rows_unsupported: {
    class: "config",
    message: (p: { names: readonly string[] }) =>
      `A row has no values of ${p.names.map((name) => JSON.stringify(name)).join(", ")}, and the target can't keep those that it has`,
    hint: "Use a target that lists partial-records in --about, with load_method: upsert, or have the source send whole rows. NULL in their place would be wrong data.",
  },
  too_many_rejects: {
    class: "data",
    message: (p: { total: number; limit: string; last: string }) =>
      `${p.total} rows don't fit, and max_rejects allows ${p.limit}; the last one: ${p.last}`,
    hint: "What was committed before stays, with its rejected rows. Correct the rows at their source, or raise max_rejects.",
  },
  rejects_unsupported: {
    class: "config",
    message: () => "on_error is reject, but this target can't store rejected rows",
    hint: "Remove on_error: a row that does not fit then ends the run, and the error has its position and the reason.",
  },
  reject_missing: {
    class: "config",
    message: (p: { ids: readonly string[] }) => `No rejected row has the id ${p.ids.join(" or ")}`,
    hint: "Nothing was changed. List what is kept with --rejects list (tapline rejects list): the row may have been replayed or discarded.",
  },
  replay_by_tap: {
    class: "config",
    message: (p: { plugin: string }) =>
      `Rows that ${p.plugin} rejected can't be replayed: they could not be read, so there are no records of them`,
    hint: "Correct the rows at their source, or change the setting that rejects them, and load the source again. Then delete them here: --rejects discard (tapline rejects discard).",
  },
  key_property_missing: {
    class: "protocol",
    message: (p: { key: string }) => `The key property ${JSON.stringify(p.key)} is not a column of the stream's schema`,
    hint: "Correct key_properties in the catalog, or select that column.",
  },
  flattening_depth_missing: {
    class: "config",
    message: () => "flattening_enabled is true, but flattening_max_depth is missing",
    hint: "Set flattening_max_depth to the number of levels of nested objects that become columns: 1 flattens only the first.",
  },
  flattened_columns_collide: {
    class: "config",
    message: (p: { name: string; first: string; second: string }) =>
      `Flattening gives the column ${JSON.stringify(p.name)} to both ${p.first} and ${p.second}`,
    hint: "Choose another flattening_separator, a smaller flattening_max_depth or a larger flattening_max_key_length, or leave one of the two out with the catalog.",
  },
  flattened_fields_collide: {
    class: "data",
    recovery: "skip",
    message: (p: { name: string; first: string; second: string }) =>
      `A record has two values for the flattened column ${JSON.stringify(p.name)}: ${p.first} and ${p.second}`,
    hint: "The SCHEMA does not have one of the two. Choose another flattening_separator, or have the tap leave that field out.",
  },
  flattened_key: {
    class: "config",
    message: (p: { key: string; columns: readonly string[] }) =>
      `The key property ${JSON.stringify(p.key)} is an object, and flattening puts its properties into the columns ${p.columns.join(", ")}`,
    hint: "Name the columns of the key in the catalog's key_properties (table-key-properties), or turn flattening off.",
  },
  reserved_property: {
    class: "config",
    message: (p: { property: string; declared: string; expected: string }) =>
      `The stream has a property ${JSON.stringify(p.property)} of type ${p.declared}, but that is the name of a metadata column, which holds ${p.expected}`,
    hint: "Rename the property at its source, leave it out with the catalog (tapline select), or set add_record_metadata to false: the table then has no metadata columns.",
  },
  batch_unsupported: {
    class: "protocol",
    message: (p: { format: string }) =>
      `The tap sent a BATCH message with files in the format ${JSON.stringify(p.format)}, which targets can't read`,
    hint: "Set encoding.format in the tap's batch_config to jsonl or parquet, or remove batch_config: the tap then sends records.",
  },
  batch_url_unsupported: {
    class: "protocol",
    message: (p: { url: string }) =>
      `The tap sent a BATCH message that names ${JSON.stringify(p.url)}; only files of this machine can be read`,
    hint: "Set storage.root in the tap's batch_config to a folder, as file:///…, or remove batch_config: the tap then sends records.",
  },
  batch_file_refused: {
    class: "config",
    message: (p: { path: string }) =>
      `The tap sent a BATCH message that names the file ${p.path}, which is in no folder that this target may read`,
    hint: "If the tap may hand over that file, add its folder to the setting batch_inputs of the target. tapline adds storage.root of the tap's batch_config by itself.",
  },
  batch_file_unreadable: {
    class: "protocol",
    message: (p: { path: string; reason: string }) => `The file ${p.path} of a BATCH message can't be read: ${p.reason}`,
    hint: "Files of a BATCH must stay where they are until their rows are loaded. Run again: the tap continues from the last STATE and writes them anew.",
  },
  batch_file_broken: {
    class: "protocol",
    message: (p: { path: string; reason: string }) =>
      `The file ${p.path} of a BATCH message is damaged or not in the format of the message: ${p.reason}`,
    hint: "Nothing of it is kept that no STATE covers. Check encoding in the tap's batch_config, or remove batch_config: the tap then sends records.",
  },
  batch_folder_unusable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `Files of rows can't be written to the folder ${p.path}: ${p.reason}`,
    hint: "Correct storage.root of batch_config, or remove batch_config: the tap then sends records. In tapline.yml, batch: off does the same.",
  },
  batch_rows_differ: {
    class: "protocol",
    message: (p: { path: string; told: number; found: number }) =>
      `The file ${p.path} of a BATCH message has ${p.found} rows, but the message says ${p.told}`,
    hint: "The file was changed or cut after the tap wrote it. Run again: the tap continues from the last STATE and writes it anew.",
  },
  replace_source_refused: {
    class: "protocol",
    message: (p: { value: string; why: string }) => `The rows of the source ${JSON.stringify(p.value)} can't be replaced: ${p.why}`,
    hint: "Nothing of that source was changed. Load into a target that lists replace-source in --about, or change the tap's setting that replaces rows (tap-csv: changed_files).",
  },
  replace_source_cut: {
    class: "protocol",
    message: (p: { value: string }) =>
      `The input ended before a STATE confirmed that all rows of the source ${JSON.stringify(p.value)} were sent`,
    hint: "The rows that the source had before are still there. Look why the tap stopped, then run again from the last STATE.",
  },
  replace_range_refused: {
    class: "config",
    message: (p: { why: string }) => `The rows of a range can't be replaced: ${p.why}`,
    hint: "Nothing was changed. Load into a target that lists replace-range in --about, or leave out --replace-range.",
  },
  load_method_unsupported: {
    class: "config",
    message: (p: { method: string; supported: readonly string[] }) =>
      `load_method ${p.method} is not possible here; possible: ${p.supported.join(", ")}`,
    hint: "Remove load_method from the config to get the default.",
  },
  counts_disagree: {
    class: "bug",
    message: (p: { received: number; counted: number }) => `${p.received} rows were received, but the target accounts for ${p.counted}`,
    hint: "This commit was rolled back. Please report the error with the target's name and version.",
  },
  control_unusable: {
    class: "config",
    message: (p: { descriptor: string }) =>
      `TAPLINE_CONTROL_FD names ${JSON.stringify(p.descriptor)}, which is not a pipe or socket of this process`,
    hint: "tapline sets the variable for plugins that it starts. Unset it when you start a plugin by hand; a wrapper script must pass the descriptor on.",
  },
  follow_unheard: {
    class: "config",
    message: () => "Nobody tells this tap which of its states are stored, so it can't follow its source",
    hint: "Following needs the runner: tapline run … --follow. In a shell pipe, run the tap again and again, each time with --state.",
  },
  nothing_to_follow: {
    class: "config",
    message: () => "No stream of this run can be followed",
    hint: "Read at least one stream from the source's log of changes (replication-method LOG_BASED), or run without --follow.",
  },
  context_missing: {
    class: "config",
    message: () => "TAPLINE_CONTEXT is not set, so the plugin does not know the project",
    hint: (p: { plugin: string }) => `Start it with tapline, in a project: tapline ${p.plugin} …`,
  },
  context_unusable: {
    class: "config",
    message: (p: { path: string }) => `The file ${p.path}, which TAPLINE_CONTEXT names, is not a run context of form 1`,
    hint: "Install the same version of tapline and of this plugin.",
  },
  batch_file_unwritable: {
    class: "connection",
    message: (p: { path: string; reason: string }) => `The file ${p.path} with rows for the target can't be written: ${p.reason}`,
    hint: "Free space on that disk: it takes up to 1 GiB of rows that are on their way. Or set batch: off for the job in tapline.yml: then rows go through the pipe alone.",
  },
  mapper_key_missing: {
    class: "bug",
    message: (p: { column: string; use: string }) => `The mapper leaves out the column ${JSON.stringify(p.column)}, which is ${p.use}`,
    hint: "Let the mapper keep the column, or give the stream other `keys`.",
  },
  mapper_names_meet: {
    class: "config",
    message: (p: { name: string; first: string; second: string }) =>
      `The streams ${JSON.stringify(p.first)} and ${JSON.stringify(p.second)} would both become ${JSON.stringify(p.name)}`,
    hint: "Let the mapper give each stream its own name.",
  },
  mapper_failed: {
    class: "data",
    message: (p: { reason: string }) => `The mapper failed on a record: ${p.reason}`,
    hint: "Mend the record at its source, or let the mapper say what becomes of such a record. What the target committed before stays loaded.",
  },
  mapper_partial_record: {
    class: "data",
    message: () => "A record leaves out columns as unchanged, and the mapper's function needs whole records",
    hint: "Let the source send whole rows (REPLICA IDENTITY FULL for tap-postgres), or map the table after the load.",
  },
  output_closed: {
    class: "connection",
    message: () => "The program that reads this output has ended",
    hint: "Look at the error message of that program: it stopped first.",
  },
  output_failed: {
    class: "connection",
    message: (p: { reason: string }) => `The output can't be written: ${p.reason}`,
    hint: "Free space where the output is written, or repair the connection.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(sdkErrorCatalogue);
