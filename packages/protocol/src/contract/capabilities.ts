/** Capabilities that `--about` lists and the other side acts on. A plugin may list others; nothing reads those. */
export const capabilities = {
  /** The plugin answers `--about`. */
  about: "about",
  /** A tap prints its catalog with `--discover`. */
  discover: "discover",
  /** A tap takes `--catalog FILE`. */
  catalog: "catalog",
  /** A tap takes `--properties FILE`, as old taps do. */
  properties: "properties",
  /** A tap takes `--state FILE`. */
  state: "state",
  /** A target answers `--query FILE` with rows. */
  query: "query",
  /** The plugin answers `--digest FILE` and `--rows FILE`: what its tables hold, so that it can be compared with another database. */
  digest: "digest",
  /** A target takes the setting `checks`: rules for rows, which it decides while they arrive. */
  rowChecks: "row-checks",
  /** A target answers `--check FILE`: whether rules hold in its tables. */
  check: "check",
  /** A target takes the setting `commit_checks`: rules for its tables, which it decides before the one commit of the load. */
  commitChecks: "commit-checks",
  /** A target answers `--cutover FILE`: it renames schemas in one transaction, and back. */
  cutover: "cutover",
  /** A target answers `--scratch FILE`: it makes a database for a trial beside its own, and drops it. */
  scratch: "scratch",
  /** The plugin checks itself with `--test`. */
  test: "test",
  /** A target keeps a ledger: it takes `state_id` and `run_id`, and answers `--last-state ID`. */
  exactlyOnce: "exactly-once",
  /** A target acts on ACTIVATE_VERSION. */
  activateVersion: "activate-version",
  /** A target can delete rows instead of marking them. */
  hardDelete: "hard-delete",
  /** A target can keep the rows it refuses, with the reason. */
  rejects: "rejects",
  /** The plugin answers `--rejects list|show|discard`; a target also `--rejects replay`. */
  rejectReplay: "reject-replay",
  /** The plugin reads the line `whole` on the descriptor that TAPLINE_CONTROL_FD names. */
  controlPipe: "control-pipe",
  /** The plugin reads and writes JSON lines on that descriptor. */
  controlChannel: "control-channel",
  /** A tap acts on the message `durable` of the control channel: it lets its source forget what a stored STATE covers. */
  durable: "durable",
  /** A tap stays and follows its source where TAPLINE_FOLLOW is set, until the message `finish`. */
  follow: "follow",
  /** A target with a ledger takes the setting `continues`, and reports each commit as `committed` on the control channel. */
  continues: "continues",
  /** A target takes the setting `replace_streams`: these streams replace their tables in this run. */
  replaceStreams: "replace-streams",
  /** A target takes REPLACE_SOURCE messages. */
  replaceSource: "replace-source",
  /** A target takes the setting `deselected`: the properties that the catalog deselects, by stream. It stores none of them. */
  deselected: "deselected",
  /** A target takes RECORDs with `unchanged`: the columns that it names keep what the row has. */
  partialRecords: "partial-records",
  /** A target, or a mapper, takes the settings `stream_maps` and `stream_map_config`, and reports what they did with records as `mapped`. */
  streamMaps: "stream-maps",
  /** A target takes BATCH messages: files of JSON lines, CSV and Parquet. */
  batch: "batch",
  /** A tap can hand over CSV files, and a target reads them faster than RECORDs. Where both list it, the runner sets `batch_config` and `batch_folder`. */
  batchCsv: "batch:csv",
  /** The same with files of PostgreSQL's binary COPY. */
  batchPgcopy: "batch:pgcopy",
  /** A tap answers `--files` with the files it would read, and takes the setting `claimed_files`. */
  files: "files",
  /**
   * A tap reads the rows at or after the setting `start_date` and before `end_date`, by the replication key. The metadata `range-keys` of a
   * stream has the columns that it can do so by, each as `instant`, `local` (a time without zone, sent as if it were in UTC) or `date`.
   */
  range: "range",
  /** A tap answers `--inventory FILE`: sizes, types, and what its source has beside rows. */
  inventory: "inventory",
  /** A tap holds a snapshot of its source with `--snapshot`, and reads in it where the setting `snapshot` names it. */
  snapshot: "snapshot",
  /** A target takes the setting `commit_once`: one commit, at the end of a whole input. */
  commitOnce: "commit-once",
  /** A target takes the setting `replace_range`: rows to delete in the one commit of the run. */
  replaceRange: "replace-range",
  /** A utility reads the file that TAPLINE_CONTEXT names. */
  runContext: "run-context",
} as const;

/** Whether a plugin's `--about` lists the capability; false where the plugin printed no `--about`. */
export function hasCapability(about: { capabilities?: readonly string[] } | null | undefined, capability: string): boolean {
  return about?.capabilities?.includes(capability) === true;
}
