/** What can be wrong in a project beyond the form of its file: names that lead nowhere, secrets that can't be read, selections. */
import type { ErrorEntry } from "@tapline/protocol";

const meantOr = (meant: string | undefined, otherwise: string): string => (meant === undefined ? otherwise : `Did you mean ${meant}?`);

export const projectErrorCatalogue = {
  include_missing: {
    class: "config",
    message: (p: { pattern: string }) => `No file is at ${p.pattern}, which tapline.yml includes`,
    hint: "Mend the path; it is relative to tapline.yml, and only its last part may hold a *.",
  },
  include_conflict: {
    class: "config",
    message: (p: { what: string; name: string; other: string }) => `The ${p.what} ${p.name} is also in ${p.other}`,
    hint: "Keep one of the two, or give one another name.",
  },
  inherit_unknown: {
    class: "config",
    message: (p: { name: string; base: string }) => `${p.name} inherits from ${p.base}, which is no plugin of this project`,
    hint: (p: { base: string; meant?: string | undefined }) => meantOr(p.meant, `Add ${p.base} under plugins.`),
  },
  inherit_circular: {
    class: "config",
    message: (p: { chain: readonly string[] }) => `Plugins inherit from one another in a circle: ${p.chain.join(" -> ")}`,
    hint: "Take inherit_from out of one of them.",
  },
  step_invalid: {
    class: "config",
    message: (p: { step: string; reason: string }) => `The step ${JSON.stringify(p.step)} can't be run: ${p.reason}`,
    hint: (p: { meant?: string | undefined }) =>
      meantOr(p.meant, 'A step is "tap target", "tap mapper target", or a plugin and its arguments, such as "dbt build".'),
  },
  secret_file_unreadable: {
    class: "config",
    message: (p: { place: string; path: string; reason: string }) => `The file ${p.path}, wanted by ${p.place}, can't be read: ${p.reason}`,
    hint: "Mend the path (it is relative to tapline.yml) or its permissions.",
  },
  secret_command_failed: {
    class: "config",
    message: (p: { place: string; program: string; how: string }) => `The command ${p.program}, wanted by ${p.place}, ${p.how}`,
    hint: "Run it by hand to see what it says (its words are not shown here, for they may be secret). It is started in the project's folder, without a shell.",
  },
  secret_reference_invalid: {
    class: "config",
    message: (p: { place: string; form: string }) => `${p.place} must have the form ${p.form}`,
    hint: "A reference is the only key of its object: { $file: secrets/password.txt } or { $command: [pass, show, warehouse] }.",
  },
  select_invalid: {
    class: "config",
    message: (p: { pattern: string }) => `${JSON.stringify(p.pattern)} is no pattern for streams and columns`,
    hint: "Write stream, stream.column or !stream.column; * and ? stand for any characters.",
  },
  select_unmatched: {
    class: "config",
    message: (p: { plugin: string; pattern: string; what: string }) =>
      `${p.plugin} has no ${p.what}, which ${JSON.stringify(p.pattern)} names`,
    hint: (p: { plugin: string; meant?: string | undefined }) => meantOr(p.meant, `See what there is: tapline select ${p.plugin} --list`),
  },
  nothing_selected: {
    class: "config",
    message: (p: { plugin: string; patterns: readonly string[] }) =>
      `Nothing of ${p.plugin} is selected${p.patterns.length === 0 ? "" : ` by ${p.patterns.join(", ")}`}`,
    hint: (p: { plugin: string }) => `See what there is: tapline select ${p.plugin} --list`,
  },
  plugin_unknown: {
    class: "config",
    message: (p: { name: string; known: readonly string[] }) =>
      `There is no plugin ${JSON.stringify(p.name)} in this project; there ${p.known.length === 1 ? "is" : "are"} ${p.known.join(", ") || "none"}`,
    hint: (p: { name: string; meant?: string | undefined }) => meantOr(p.meant, `Add it: tapline add ${p.name}`),
  },
  settings_invalid: {
    class: "config",
    message: (p: { plugin: string; problems: readonly string[] }) => p.problems.join("; "),
    hint: (p: { plugin: string }) => `See what it wants: tapline about ${p.plugin}. Change it: tapline config set ${p.plugin} NAME VALUE`,
  },
  setting_unknown: {
    class: "config",
    message: (p: { plugin: string; name: string }) => `${p.plugin} has no setting ${JSON.stringify(p.name)}`,
    hint: (p: { plugin: string; meant?: string | undefined }) => meantOr(p.meant, `See its settings: tapline about ${p.plugin}`),
  },
  setting_not_set: {
    class: "config",
    message: (p: { plugin: string; name: string; known: readonly string[] }) =>
      `${p.plugin} has no ${JSON.stringify(p.name)} there; set ${p.known.length === 1 ? "is" : "are"} ${p.known.join(", ") || "none"}`,
    hint: (p: { plugin: string; meant?: string | undefined }) =>
      meantOr(p.meant, `See where its settings come from: tapline config list ${p.plugin}`),
  },
  edit_impossible: {
    class: "config",
    message: (p: { place: string; reason: string }) => `${p.place} can't be changed: ${p.reason}`,
    hint: "Edit the file yourself.",
  },
} as const satisfies Record<string, ErrorEntry>;
