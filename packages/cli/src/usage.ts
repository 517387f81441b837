/** Errors in what was typed, beyond what oclif checks. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

export const cliErrorCatalogue = {
  command_unknown: {
    class: "config",
    message: (p: { name: string }) => `There is no command ${JSON.stringify(p.name)}`,
    hint: (p: { meant?: string | undefined }) => (p.meant === undefined ? "See: tapline help" : `Did you mean tapline ${p.meant}?`),
  },
  flag_unknown: {
    class: "config",
    message: (p: { command: string; flag: string }) => `${p.command} has no flag ${p.flag}`,
    hint: (p: { command: string; meant?: string | undefined }) =>
      p.meant === undefined ? `See: ${p.command} --help` : `Did you mean ${p.meant}?`,
  },
  argument_missing: {
    class: "config",
    message: (p: { command: string; name: string; description: string }) =>
      `${p.command} needs the argument ${p.name.toUpperCase()}${p.description === "" ? "" : `: ${p.description.replace(/\.$/, "")}`}`,
    hint: (p: { command: string }) => `See: ${p.command} --help`,
  },
  argument_unexpected: {
    class: "config",
    message: (p: { command: string; argument: string }) => `${p.command} takes no argument ${JSON.stringify(p.argument)}`,
    hint: (p: { command: string }) => `See: ${p.command} --help`,
  },
  arguments_invalid: {
    class: "config",
    message: (p: { reason: string }) => p.reason,
    hint: (p: { command: string }) => `See: ${p.command} --help`,
  },
  override_unnamed: {
    class: "config",
    message: () => "An override needs a reason and a name, which are recorded",
    hint: 'Write both: --override "REASON" --as NAME',
  },
  sign_off_unnamed: {
    class: "config",
    message: () => "A sign-off needs a name and a note",
    hint: 'Write both: --as NAME --note "WHAT YOU LOOKED AT"',
  },
  report_not_kept: {
    class: "config",
    message: (p: { job: string; wanted: string | undefined; last: string | undefined }) =>
      p.wanted === undefined ? `${p.job} has no report` : `${p.job} has no report ${p.wanted}`,
    hint: (p: { job: string; last: string | undefined }) =>
      p.last === undefined
        ? `Compare a day: tapline parallel-run ${p.job}`
        : `tapline parallel-run status ${p.job} lists them; the last one is ${p.last}`,
  },
  init_cancelled: {
    class: "config",
    message: () => "Nothing was written",
    hint: "Give the command again, or write tapline.yml yourself.",
  },
  source_file_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `${p.path} can't be read: ${p.reason}`,
    hint: "Check the path. It starts at the folder where the command runs.",
  },
  file_unwritable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `${p.path} can't be written: ${p.reason}`,
    hint: "Use a folder in which you may write.",
  },
  request_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The request for a run in ${p.path} can't be read: ${p.reason}`,
    hint: "Write one JSON object to a file, and name it: tapline run --request FILE. With - it is read from stdin.",
  },
  duration_invalid: {
    class: "config",
    message: (p: { value: string }) => `--timeout ${JSON.stringify(p.value)} is not a duration`,
    hint: "Write a number with a unit, such as 90s, 30m or 2h. Without a unit it is seconds.",
  },
  query_in_words: {
    class: "config",
    message: (p: { words: number }) => `The query was given in ${p.words} words, because it is not in quotes`,
    hint: `Put the whole statement in quotes: tapline query "select …"`,
  },
  rows_without_project: {
    class: "config",
    message: () => "There is no tapline.yml in this folder or any folder above it, so it is not known which database to look in",
    hint: "Name the database: --target duckdb:FILE or --target 'postgres://USER@HOST/DATABASE'. Or change to your project's folder.",
  },
  files_tap_first: {
    class: "config",
    message: (p: { word: string; taps: readonly string[] }) =>
      `${JSON.stringify(p.word)} is not a tap that puts files away; there are: ${p.taps.join(", ")}`,
    hint: "Write the tap before the files. tapline files list shows them.",
  },
  files_not_chosen: {
    class: "config",
    message: () => "Name the files, or use --all alone",
    hint: (p: { tap: string }) => `For their names: tapline files list ${p.tap}`,
  },
  files_unknown: {
    class: "config",
    message: (p: { tap: string; file: string }) => `${p.tap} has not put away ${JSON.stringify(p.file)}`,
    hint: (p: { tap: string }) => `For all files: tapline files list ${p.tap}`,
  },
  rejects_plugin_first: {
    class: "config",
    message: (p: { word: string; plugins: readonly string[] }) =>
      `${JSON.stringify(p.word)} is not a plugin of this project${p.plugins.length === 0 ? "" : `; there are: ${p.plugins.join(", ")}`}`,
    hint: (p: { verb: string; rows: string }) =>
      `Write the plugin before the ids: tapline rejects ${p.verb} PLUGIN ${p.rows}. tapline rejects list shows which plugin keeps a row.`,
  },
  rejects_not_chosen: {
    class: "config",
    message: (p: { plugin: string }) => `No rejected rows of ${JSON.stringify(p.plugin)} are chosen`,
    hint: "Write the plugin first, then ids of its rows (see: tapline rejects list), --stream STREAM, or --all.",
  },
  rejects_all_alone: {
    class: "config",
    message: () => "--all means all rejected rows, and ids or --stream choose some of them",
    hint: "Leave one of the two out.",
  },
  state_not_chosen: {
    class: "config",
    message: (p: { known: readonly string[] }) =>
      p.known.length === 0 ? "There are no states in this project yet" : `There are several states: ${p.known.join(", ")}`,
    hint: (p: { known: readonly string[] }) =>
      p.known.length === 0 ? "The first run creates one." : `Name one: tapline state accept ${p.known[0]}`,
  },
  tag_invalid: {
    class: "config",
    message: (p: { text: string }) => `The tag ${JSON.stringify(p.text)} has no value`,
    hint: "Write it as KEY=VALUE, such as team=sales.",
  },
  run_unknown: {
    class: "config",
    message: (p: { runId: string }) => `There is no run ${JSON.stringify(p.runId)} in this project's history`,
    hint: "See: tapline runs list",
  },
  no_run_yet: {
    class: "config",
    message: () => "No run yet in this project",
    hint: "Start one: tapline run NAME",
  },
  events_missing: {
    class: "config",
    message: (p: { runId: string }) => `The events of run ${p.runId} are not kept`,
    hint: "They are deleted with the oldest runs, and runs of earlier versions have none. See: tapline runs show",
  },
  run_has_ended: {
    class: "config",
    message: (p: { runId: string; status: string }) => `Run ${p.runId} has already ended: ${p.status}`,
    hint: "See: tapline runs list --status running",
  },
  run_is_done: {
    class: "config",
    message: (p: { runId: string }) => `No step of run ${p.runId} failed, so there is nothing to try again`,
    hint: "To run the same once more: tapline run",
  },
  run_of_backfill: {
    class: "config",
    message: (p: { runId: string; id: string }) => `Run ${p.runId} loads a partition of back-fill ${p.id}, which alone runs it again`,
    hint: (p: { id: string }) =>
      `Give the command of the back-fill again: it runs what is not done. What it was: tapline backfill show ${p.id}`,
  },
  state_id_malformed: {
    class: "config",
    message: (p: { id: string }) => `${JSON.stringify(p.id)} is not a state id`,
    hint: "It has the form environment:tap-to-target, such as dev:tap-csv-to-target-duckdb, with an optional :suffix. See: tapline state list",
  },
  states_not_json: {
    class: "config",
    message: (p: { reason: string }) => `This is not an export of states: ${p.reason}`,
    hint: "Give one JSON object of states by id, as tapline state export prints it.",
  },
  state_there: {
    class: "config",
    message: (p: { ids: readonly string[] }) => `There is already a state under ${p.ids.join(", ")}`,
    hint: "Use --force to replace it. tapline state rollback can restore it.",
  },
  state_same: {
    class: "config",
    message: (p: { id: string }) => `${p.id} can't be copied or moved to itself`,
    hint: "Give two different ids.",
  },
  editor_failed: {
    class: "config",
    message: (p: { editor: string; how: string }) => `The editor ${p.editor} ${p.how}; nothing was changed`,
    hint: 'Set VISUAL or EDITOR to a program that waits until the file is closed, such as nano or "code --wait".',
  },
  state_not_kept: {
    class: "config",
    message: (p: { id: string; known: readonly string[] }) =>
      `There is no state under ${p.id}${p.known.length === 0 ? "" : `; there are: ${p.known.join(", ")}`}`,
    hint: (p: { meant?: string | undefined }) => (p.meant === undefined ? "See: tapline state list" : `Did you mean ${p.meant}?`),
  },
  resync_no_table: {
    class: "config",
    message: (p: { pipe: string }) => `No table is named that the next run of ${p.pipe} is to read again`,
    hint: (p: { pipe: string }) =>
      `Name one or more: tapline resync ${p.pipe} TABLE. For all of them: tapline run ${p.pipe} --full-refresh`,
  },
  resync_unmatched: {
    class: "config",
    message: (p: { table: string; pipe: string; near: readonly string[] }) =>
      `The state of ${p.pipe} has no stream ${JSON.stringify(p.table)}${p.near.length === 0 ? "" : `; near ones are ${p.near.join(", ")}`}`,
    hint: (p: { count: number }) =>
      `tapline state list shows its ${p.count === 1 ? "stream" : `${p.count} streams`}. A table that was never read is read whole by the next run in any case.`,
  },
  resync_ambiguous: {
    class: "config",
    message: (p: { table: string; streams: readonly string[] }) =>
      `${JSON.stringify(p.table)} is the table of several streams: ${p.streams.join(", ")}`,
    hint: "Name the stream, or the table with its schema.",
  },
  verify_places_two: {
    class: "config",
    message: (p: { count: number }) =>
      p.count === 1
        ? "Only one place is named, and there is nothing to compare it with"
        : `${p.count} words name places, and two are compared`,
    hint: "Name two places: tapline verify raw.orders@prod raw.orders@warehouse",
  },
  verify_flag_malformed: {
    class: "config",
    message: (p: { flag: string; text: string; form: string }) => `--${p.flag} ${JSON.stringify(p.text)} does not have the form ${p.form}`,
    hint: "See: tapline verify --help",
  },
  no_checks: {
    class: "config",
    message: (p: { job: string | undefined }) => `${p.job === undefined ? "This project" : `The job ${p.job}`} has no checks`,
    hint: "Add `checks` to a job in tapline.yml: docs/how-to/checks.md",
  },
} as const satisfies Record<string, ErrorEntry>;

export const usage = defineErrors(cliErrorCatalogue);
