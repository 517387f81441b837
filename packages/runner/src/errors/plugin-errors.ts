/** What can go wrong while plugins are found, added, installed and defined. */
import type { ErrorEntry } from "@tapline/protocol";

export const pluginErrorCatalogue = {
  plugin_name_invalid: {
    class: "config",
    message: (p: { name: string }) => `${JSON.stringify(p.name)} can't be a plugin's name`,
    hint: "Use lower-case letters, digits, dots, dashes and underscores, as in tap-csv. Put a path into `executable` in tapline.yml.",
  },
  plugin_not_found: {
    class: "config",
    message: (p: { name: string; executable: string }) =>
      p.executable === p.name
        ? `The executable ${p.name} is neither in a node_modules/.bin here or above, nor in PATH`
        : `The executable ${p.executable} of ${p.name} does not exist or may not be executed`,
    hint: (p: { name: string; meant?: string | undefined }) =>
      `${p.meant === undefined ? "I" : `Did you mean ${p.meant}? Otherwise i`}nstall it: tapline add ${p.name} (from npm), tapline add ${p.name} --pip PACKAGE (Python); or set plugins.${p.name}.executable in tapline.yml.`,
  },
  source_invalid: {
    class: "config",
    message: (p: { text: string; what: string }) => `${JSON.stringify(p.text)} can't be used as ${p.what}`,
    hint: "npm: NAME or @SCOPE/NAME, with @VERSION. Python: NAME, NAME==VERSION, NAME[EXTRA], git+https://…, https://…, or a path that begins with ./ (no options; put user and password into your pip or git configuration).",
  },
  source_missing: {
    class: "config",
    message: (p: { path: string }) => `There is nothing to install at ${p.path}`,
    hint: "It must be a folder with package.json, pyproject.toml or setup.py, a .tgz of npm, a .whl or .tar.gz of Python, or a definition file .yml.",
  },
  package_not_a_plugin: {
    class: "config",
    message: (p: { package: string }) =>
      `The npm package ${p.package} is not a tapline plugin: its package.json has no field tapline.plugin`,
    hint: "Check the name. To use a Singer plugin without that field, install it with npm and name its path: plugins.NAME.executable in tapline.yml. For a Python package: tapline add NAME --pip PACKAGE",
  },
  package_missing: {
    class: "config",
    message: (p: { packages: readonly string[] }) => `npm has no package ${p.packages.join(" or ")}`,
    hint: (p: { packages: readonly string[] }) =>
      `Check the name. Is it a Python package? Then: tapline add --pip ${p.packages.at(-1)}. From a folder: tapline add --from ./PATH`,
  },
  program_missing: {
    class: "config",
    message: (p: { program: string }) => `${p.program} is not in PATH`,
    hint: (p: { program: string }) =>
      p.program === "npm"
        ? "Install Node.js with npm."
        : "Install Python 3 with venv and pip (Debian: apt-get install python3-venv), or uv.",
  },
  program_failed: {
    class: "connection",
    message: (p: { program: string; how: string; last: string }) =>
      `${p.program} ${p.how}${p.last === "" ? "" : `; the last line it printed: ${p.last}`}`,
    hint: "Read the lines above. Once the cause is fixed, give the same command again; it repairs what was left half done.",
  },
  program_stopped: {
    class: "config",
    recovery: "retry",
    message: (p: { program: string; signal: string }) => `${p.program} was stopped by ${p.signal}`,
    hint: "Give the same command again; it starts over.",
  },
  plugin_ambiguous: {
    class: "config",
    message: (p: { source: string; found: readonly string[] }) =>
      p.found.length === 0
        ? `${p.source} has no program that could be the plugin`
        : `${p.source} has several programs: ${p.found.slice(0, 8).join(", ")}`,
    hint: (p: { found: readonly string[] }) =>
      p.found.length === 0
        ? "Check the package's name. The programs of plugins are called tap-…, target-… or map…."
        : `Name the one you want: tapline add ${p.found[0]} …`,
  },
  plugin_name_differs: {
    class: "config",
    message: (p: { name: string; found: string }) => `The package's plugin is called ${p.found}, not ${p.name}`,
    hint: (p: { name: string; found: string }) => `Leave the name out. To give it another name in tapline.yml, add: --as ${p.name}`,
  },
  plugin_there: {
    class: "config",
    message: (p: { name: string; source: string }) => `${p.name} is in this project already, from ${p.source}`,
    hint: (p: { name: string }) =>
      `To use the plugin a second time, give it another name: --as ${p.name}-2. To get a newer version: tapline upgrade ${p.name}. To install it from another source, first: tapline remove ${p.name}`,
  },
  plugin_in_use: {
    class: "config",
    message: (p: { name: string; heirs: readonly string[] }) => `${p.heirs.join(", ")} in tapline.yml inherit from ${p.name}`,
    hint: "Remove them first.",
  },
  plugin_not_installed: {
    class: "config",
    message: (p: { name: string; pip: string }) => `${p.name} (${p.pip}) is not installed here`,
    hint: "Install the project's plugins: tapline install",
  },
  packages_unknown: {
    class: "config",
    message: (p: { name: string; setting: string; value: string | undefined }) =>
      p.value === undefined ? `${p.name} needs the setting ${p.setting}` : `${p.name} does not work with ${p.value}`,
    hint: (p: { name: string; setting: string; packages: Readonly<Record<string, unknown>> }) =>
      `Set it to a plugin of this project that is (or inherits from) ${Object.keys(p.packages).join(" or ")}: tapline config set ${p.name} ${p.setting} PLUGIN`,
  },
  rejects_not_kept: {
    class: "config",
    message: (p: { names: readonly string[] }) =>
      p.names.length === 1
        ? `${p.names[0]} can't list or replay rejected rows: its --about lacks the capability reject-replay`
        : "No plugin of this project can list rejected rows: none has the capability reject-replay in its --about",
    hint: "target-duckdb, target-postgres and tap-csv can: upgrade them (tapline upgrade NAME). Of other plugins, look at the table or file that the run named.",
  },
  rejects_unreadable: {
    class: "protocol",
    message: (p: { name: string; start: string }) => `${p.name} answered --rejects with something other than JSON lines: ${p.start}`,
    hint: "Upgrade the plugin and tapline to the same version.",
  },
  test_timed_out: {
    class: "connection",
    recovery: "retry",
    message: (p: { name: string; way: string; seconds: number }) => `${p.name} ${p.way} did not end within ${p.seconds} s, and was stopped`,
    hint: (p: { name: string }) =>
      `Look whether its source or database can be reached, or give it more time: tapline config test ${p.name} --timeout 10m`,
  },
  target_missing: {
    class: "config",
    message: () => "This project has no target, so there are no rows to show",
    hint: "Add one, for example: tapline add target-duckdb",
  },
  target_not_chosen: {
    class: "config",
    message: (p: { targets: readonly string[] }) => `This project has several targets: ${p.targets.join(", ")}`,
    hint: (p: { targets: readonly string[] }) => `Name the one whose rows you want to see, for example: --target ${p.targets[0]}`,
  },
  rows_not_shown: {
    class: "config",
    message: (p: { name: string }) => `${p.name} can't show rows: its --about lacks the capability query`,
    hint: "target-duckdb and target-postgres can: upgrade them (tapline upgrade NAME). For other targets, open what they wrote with another program.",
  },
  query_unreadable: {
    class: "protocol",
    message: (p: { name: string; start: string }) =>
      p.start === ""
        ? `The answer of ${p.name} to --query ends too soon`
        : `${p.name} answered --query with something that is not a row: ${p.start}`,
    hint: "Upgrade the plugin and tapline to the same version.",
  },
  plugin_without_source: {
    class: "config",
    message: (p: { name: string }) => `This project does not know how ${p.name} was installed`,
    hint: (p: { name: string }) => `Upgrade it yourself, or let the project install it: tapline add ${p.name}`,
  },
  version_not_chosen: {
    class: "config",
    message: (p: { name: string; source: string }) => `${p.name} comes from ${p.source}, which has no versions to choose from`,
    hint: (p: { name: string }) => `Change \`pip\` of ${p.name} in tapline.yml, or the folder itself, then: tapline install`,
  },
  lock_invalid: {
    class: "config",
    message: (p: { reason: string }) => `The lock file can't be used: ${p.reason}`,
    hint: "Restore it from version control, or delete it and run: tapline install",
  },
  definition_invalid: {
    class: "config",
    message: (p: { problems: readonly string[] }) => `This is not a plugin definition: ${p.problems.slice(0, 5).join("; ")}`,
    hint: "A definition has the form of Meltano's hub: name, settings (a list of name, kind, …), capabilities, executable, pip_url.",
  },
  definition_missing: {
    class: "config",
    message: (p: { name: string; path: string }) => `The definition ${p.path} of ${p.name} can't be read`,
    hint: "Correct `definition` in tapline.yml; it is a path relative to that file.",
  },
  setting_invalid: {
    class: "config",
    message: (p: { setting: string; kind: string; value: string }) => `${p.setting} must be of kind ${p.kind}; ${p.value} is not`,
    hint: "The plugin's definition states which kind it is. In a variable, write a list or an object as JSON.",
  },
  settings_missing: {
    class: "config",
    message: (p: { plugin: string; missing: readonly string[] }) =>
      `${p.plugin} needs ${p.missing.join(", ")}, which ${p.missing.length === 1 ? "is" : "are"} not set`,
    hint: (p: { plugin: string; missing: readonly string[]; groups: readonly (readonly string[])[] }) =>
      `Set them: tapline config set ${p.plugin} ${p.missing[0]} VALUE. ${p.groups.length === 1 ? "" : `All settings of one of these groups must be set: ${p.groups.map((group) => group.join(" + ")).join(", or ")}.`}`.trim(),
  },
} as const satisfies Record<string, ErrorEntry>;
