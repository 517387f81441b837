/** What can be wrong in a project: its files, names that nothing has, secrets that can't be read, selections, settings. */
import type { ErrorEntry } from "@tapline/protocol";

const meantOr = (meant: string | undefined, otherwise: string): string => (meant === undefined ? otherwise : `Did you mean ${meant}?`);

/** "there is a, b" or "there are none". */
const thereAre = (known: readonly string[]): string => `there ${known.length === 1 ? "is" : "are"} ${known.join(", ") || "none"}`;

export const projectErrorCatalogue = {
  project_missing: {
    class: "config",
    message: (p: { folder: string }) => `There is no tapline.yml and no meltano.yml in ${p.folder} or any folder above it`,
    hint: "Change to your project's folder, or create a project with: tapline init",
  },
  project_unreadable: {
    class: "config",
    message: (p: { reason: string }) => `The project file can't be read: ${p.reason}`,
    hint: "Give the user that runs tapline read permission on the file.",
  },
  project_not_yaml: {
    class: "config",
    message: (p: { reason: string }) => `The project file is not valid YAML: ${p.reason}`,
    hint: "Look at that line: tabs, a missing space after a colon and wrong indentation are the usual causes.",
  },
  project_invalid: {
    class: "config",
    message: (p: { problems: readonly string[] }) => p.problems.join("; "),
    hint: "Correct tapline.yml there. Its top level may have: include, default_environment, env, plugins, environments, jobs, schedules, sensors, max_concurrent_runs, state, history, notify, server.",
  },
  include_missing: {
    class: "config",
    message: (p: { pattern: string }) => `tapline.yml includes ${p.pattern}, but there is no such file`,
    hint: "Correct the path. It is relative to tapline.yml, and only its last part may contain a *.",
  },
  include_outside: {
    class: "config",
    message: (p: { pattern: string }) => `include_paths names ${p.pattern}, which is outside the project`,
    hint: "Move the files into the folder of the project. Meltano does not read others either.",
  },
  meltano_missing: {
    class: "config",
    message: (p: { folder: string }) => `There is no meltano.yml in ${p.folder}`,
    hint: "Change to the folder of the Meltano project, and type it there.",
  },
  import_there: {
    class: "config",
    message: () => "There is already a tapline.yml here, so nothing was written",
    hint: "To see what an import would write: tapline import meltano --dry-run. To write it, move the old file away.",
  },
  npm_not_fitting: {
    class: "config",
    message: (p: { name: string; npm: string | undefined; unknown: readonly string[] | undefined }) =>
      p.unknown === undefined
        ? `No installed plugin of npm can take the place of ${p.name}`
        : `${p.npm} of npm can't take the place of ${p.name}: it has no setting ${p.unknown.join(", ")}`,
    hint: (p: { fitting: string | undefined }) =>
      p.fitting === undefined ? "Leave out --npm." : `These can be replaced: ${p.fitting}; all of them with: --npm all`,
  },
  meltano_project: {
    class: "config",
    message: (p: { file: string }) => `This project is read from ${p.file}, which tapline does not change`,
    hint: "Change it there by hand or with meltano, or make a project of tapline of it: tapline import meltano",
  },
  include_conflict: {
    class: "config",
    message: (p: { what: string; name: string; other: string }) => `The ${p.what} ${p.name} is also defined in ${p.other}`,
    hint: "Keep one of the two, or rename one.",
  },
  inherit_unknown: {
    class: "config",
    message: (p: { name: string; base: string }) => `${p.name} inherits from ${p.base}, but this project has no such plugin`,
    hint: (p: { base: string; meant?: string | undefined }) => meantOr(p.meant, `Add ${p.base} under plugins.`),
  },
  inherit_circular: {
    class: "config",
    message: (p: { chain: readonly string[] }) => `Plugins inherit from each other in a circle: ${p.chain.join(" -> ")}`,
    hint: "Remove inherit_from from one of them.",
  },
  environment_unknown: {
    class: "config",
    message: (p: { name: string; known: readonly string[] }) =>
      `There is no environment ${JSON.stringify(p.name)} in tapline.yml; known: ${p.known.join(", ")}`,
    hint: (p: { name: string; meant?: string | undefined }) => meantOr(p.meant, `Add it under environments, for example: ${p.name}: {}`),
  },
  job_unknown: {
    class: "config",
    message: (p: { name: string; known: readonly string[] }) =>
      `There is no job ${JSON.stringify(p.name)} in tapline.yml; ${thereAre(p.known)}`,
    hint: (p: { name: string; meant?: string | undefined }) =>
      meantOr(p.meant, "Name a job of tapline.yml, or a tap and a target: tapline run tap-x target-y"),
  },
  step_invalid: {
    class: "config",
    message: (p: { step: string; reason: string }) => `The step ${JSON.stringify(p.step)} can't be run: ${p.reason}`,
    hint: (p: { meant?: string | undefined }) =>
      meantOr(
        p.meant,
        'A step is "tap target", "tap mapper target", or a plugin and its arguments, such as "dbt build". To add a plugin: tapline add NAME',
      ),
  },
  step_unknown: {
    class: "config",
    message: (p: { step: string; wanted: string; known: readonly string[] }) =>
      `The step ${JSON.stringify(p.step)} runs after ${JSON.stringify(p.wanted)}, but there is no such step; there are ${p.known.map((name) => JSON.stringify(name)).join(", ")}`,
    hint: (p: { meant?: string | undefined }) =>
      meantOr(
        p.meant === undefined ? undefined : JSON.stringify(p.meant),
        "Write a step's `name`, or the words it runs, exactly as they are in the file.",
      ),
  },
  steps_in_circle: {
    class: "config",
    message: (p: { job: string; step: string }) => `In the job ${p.job} the step ${JSON.stringify(p.step)} waits for itself`,
    hint: "Correct `after` there: no step may wait, through other steps, for itself.",
  },
  variable_missing: {
    class: "config",
    message: (p: { variable: string; place: string }) => `The variable ${p.variable}, which ${p.place} uses, is not set`,
    hint: (p: { variable: string }) =>
      `Set it in the environment or in a file .env beside tapline.yml: ${p.variable}=… (a literal dollar sign is written $$).`,
  },
  secret_file_unreadable: {
    class: "config",
    message: (p: { place: string; path: string; reason: string }) =>
      `The file ${p.path}, which ${p.place} uses, can't be read: ${p.reason}`,
    hint: "Correct the path (it is relative to tapline.yml) or the file's permissions.",
  },
  secret_command_failed: {
    class: "config",
    message: (p: { place: string; program: string; how: string }) => `The command ${p.program}, which ${p.place} uses, ${p.how}`,
    hint: "Run it by hand to see what it prints; that is not shown here, because it may be secret. It runs in the project's folder, without a shell.",
  },
  secret_reference_invalid: {
    class: "config",
    message: (p: { place: string; form: string }) => `${p.place} must have the form ${p.form}`,
    hint: "A reference is the only key of its object: { $file: secrets/password.txt } or { $command: [pass, show, warehouse] }.",
  },
  select_invalid: {
    class: "config",
    message: (p: { pattern: string }) => `${JSON.stringify(p.pattern)} is not a pattern for streams and columns`,
    hint: "Write stream, stream.column or !stream.column; * and ? stand for any characters.",
  },
  select_unmatched: {
    class: "config",
    message: (p: { plugin: string; pattern: string; what: string }) =>
      `${p.plugin} has no ${p.what}${p.what.endsWith(JSON.stringify(p.pattern)) ? "" : ` (selected by ${JSON.stringify(p.pattern)})`}`,
    hint: (p: { plugin: string; meant?: string | undefined }) => meantOr(p.meant, `See what there is: tapline select ${p.plugin} --list`),
  },
  stream_not_read: {
    class: "config",
    message: (p: { plugin: string; stream: string }) =>
      `--full-refresh names the stream ${JSON.stringify(p.stream)}, which this run of ${p.plugin} does not read: --select, --exclude or the project leaves it out`,
    hint: "Select the stream as well, or leave it out of --full-refresh and --replace.",
  },
  nothing_selected: {
    class: "config",
    message: (p: { plugin: string; patterns: readonly string[] }) =>
      `No stream of ${p.plugin} is selected${p.patterns.length === 0 ? "" : ` by ${p.patterns.join(", ")}`}`,
    hint: (p: { plugin: string }) => `See what there is: tapline select ${p.plugin} --list`,
  },
  plugin_unknown: {
    class: "config",
    message: (p: { name: string; known: readonly string[] }) =>
      `There is no plugin ${JSON.stringify(p.name)} in this project; ${thereAre(p.known)}`,
    hint: (p: { name: string; meant?: string | undefined }) => meantOr(p.meant, `Add it: tapline add ${p.name}`),
  },
  settings_invalid: {
    class: "config",
    message: (p: { plugin: string; problems: readonly string[] }) => p.problems.join("; "),
    hint: (p: { plugin: string }) => `See its settings: tapline about ${p.plugin}. Change one: tapline config set ${p.plugin} NAME VALUE`,
  },
  setting_unknown: {
    class: "config",
    message: (p: { plugin: string; name: string }) => `${p.plugin} has no setting ${JSON.stringify(p.name)}`,
    hint: (p: { plugin: string; meant?: string | undefined }) => meantOr(p.meant, `See its settings: tapline about ${p.plugin}`),
  },
  setting_index_unknown: {
    class: "config",
    message: (p: { list: string; name: string; count: number }) =>
      `${p.list} is a list${p.count === 0 ? " without items" : ` with ${p.count === 1 ? "the index 0" : `indices 0 to ${p.count - 1}`}`}, so it has no ${JSON.stringify(p.name)}`,
    hint: (p: { plugin: string; list: string; count: number }) =>
      `Write the index after the name, such as ${p.list}.0. To add an item, set ${p.list}.${p.count} to the whole item`,
  },
  setting_not_set: {
    class: "config",
    message: (p: { plugin: string; name: string; known: readonly string[] }) =>
      `${JSON.stringify(p.name)} of ${p.plugin} is not set there; set ${p.known.length === 1 ? "is" : "are"} ${p.known.join(", ") || "none"}`,
    hint: (p: { plugin: string; meant?: string | undefined }) =>
      meantOr(p.meant, `See where its settings come from: tapline config list ${p.plugin}`),
  },
  address_not_found: {
    class: "config",
    message: (p: { address: string }) => `There is no file or folder ${p.address}`,
    hint: "Name a file, a folder with files, or the URL of a database, such as duckdb:shop.duckdb or postgres://user@host/database.",
  },
  address_unclear: {
    class: "config",
    message: (p: { start: string }) => `${p.start}… is a path with a URL in it`,
    hint: "Name one place: a file, such as duckdb:shop.duckdb, or a URL, such as postgres://user@host/database.",
  },
  address_unknown: {
    class: "config",
    message: (p: { address: string; kind: string; known: readonly string[] }) =>
      `No installed ${p.kind} opens ${p.address}${p.known.length === 0 ? "" : `; installed ones open ${p.known.join(", ")}`}`,
    hint: (p: { kind: string }) =>
      `Install a ${p.kind} that does and lists it in its --about (opens): npm install PACKAGE. For any other plugin make a project: tapline init`,
  },
  address_incomplete: {
    class: "config",
    message: (p: { address: string }) => `${p.address} names no file or database`,
    hint: (p: { address: string }) => `Write it after the colon, such as ${p.address}shop`,
  },
  folder_not_opened: {
    class: "config",
    message: (p: { folder: string; kind: string; known: readonly string[] }) =>
      `The folder ${p.folder} has no files that an installed ${p.kind} opens${p.known.length === 0 ? "" : ` (${p.known.join(", ")})`}`,
    hint: "Name a folder that directly contains such files.",
  },
  address_ambiguous: {
    class: "config",
    message: (p: { address: string; plugins: readonly string[] }) => `Several plugins open ${p.address}: ${p.plugins.join(", ")}`,
    hint: (p: { flag: string; plugins: readonly string[] }) => `Choose one: --${p.flag} ${p.plugins[0]}`,
  },
  sources_differ: {
    class: "config",
    message: (p: { plugins: readonly string[] }) => `The sources are for different plugins: ${p.plugins.join(", ")}`,
    hint: "Load them one after another.",
  },
  keys_unsettable: {
    class: "config",
    message: (p: { tap: string }) => `${p.tap} takes no keys for this source: it knows them itself, or has none`,
    hint: "Leave --keys out.",
  },
  keys_unknown: {
    class: "config",
    message: (p: { stream: string; missing: readonly string[]; columns: readonly string[] }) =>
      `${p.stream} has no column ${p.missing.join(", ")}; it has ${p.columns.slice(0, 20).join(", ")}${p.columns.length > 20 ? ", …" : ""}`,
    hint: "Name columns exactly as they are in the file.",
  },
  edit_impossible: {
    class: "config",
    message: (p: { place: string; reason: string }) => `${p.place} can't be changed: ${p.reason}`,
    hint: "Edit the file yourself.",
  },
} as const satisfies Record<string, ErrorEntry>;
