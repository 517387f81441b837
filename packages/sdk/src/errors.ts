/** What can go wrong in any plugin built with the SDK: config, catalog against tap, rows against schema. */
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
    hint: "Check the path; it is relative to the folder the command runs in.",
  },
  config_file_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The file ${p.path} can't be read: ${p.reason}`,
    hint: "Give the user that runs this read permission on the file.",
  },
  config_file_not_json: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The file ${p.path} is not JSON: ${p.reason}`,
    hint: "It must hold one JSON object. A trailing comma, a comment or single quotes are the usual causes.",
  },
  config_invalid: {
    class: "config",
    message: (p: { problems: readonly string[] }) => `The config is not usable: ${p.problems.join("; ")}`,
    hint: (p: { plugin: string }) => `See ${p.plugin} --about for all settings.`,
  },
  config_unsupported: {
    class: "config",
    message: (p: { setting: string; why: string }) =>
      `The setting ${p.setting} is not supported, and ignoring it would change the data: ${p.why}`,
    hint: (p: { setting: string }) => `Take ${p.setting} out of the config if the data may arrive without it.`,
  },
  stream_not_offered: {
    class: "config",
    message: (p: { stream: string; offered: readonly string[] }) =>
      `The catalog selects stream ${JSON.stringify(p.stream)}, which this tap does not offer; it offers ${p.offered.join(", ") || "none"}`,
    hint: "Make the catalog anew with --discover, or take that stream out.",
  },
  replication_key_missing: {
    class: "config",
    message: (p: { stream: string }) =>
      `Stream ${JSON.stringify(p.stream)} is INCREMENTAL but has no replication key among its selected columns`,
    hint: "Name the replication key in the catalog (replication_key) and select that column, or set FULL_TABLE.",
  },
  value_unencodable: {
    class: "data",
    message: (p: { what: string }) => `A record holds ${p.what}, which JSON can't carry`,
    hint: "Have the tap send null or text in its place.",
  },
  record_invalid: {
    class: "data",
    recovery: "skip",
    message: (p: { problem: string; value: string }) => `A record does not fit its schema: ${p.problem}; it is ${p.value}`,
    hint: "Mend the value at its source, widen the column's type in the tap's catalog, or set validate_records: false to leave the check to the database.",
  },
  too_many_rejects: {
    class: "data",
    message: (p: { total: number; limit: string; last: string }) =>
      `${p.total} rows don't fit, and max_rejects allows ${p.limit}; the last one: ${p.last}`,
    hint: "What was committed before stays, the rejected rows of it too. Mend the rows at their source, or raise max_rejects.",
  },
  rejects_unsupported: {
    class: "config",
    message: () => "on_error is reject, and this target has no place to keep rejected rows",
    hint: "Leave on_error out: then a row that does not fit ends the run with its place and reason.",
  },
  key_property_missing: {
    class: "protocol",
    message: (p: { key: string }) => `The key property ${JSON.stringify(p.key)} is no column of the stream's schema`,
    hint: "Mend key_properties in the catalog, or select that column.",
  },
  batch_unsupported: {
    class: "protocol",
    message: () => "The tap sent a BATCH message, and this target reads RECORD messages only",
    hint: "Take batch_config out of the tap's config.",
  },
  load_method_unsupported: {
    class: "config",
    message: (p: { method: string; supported: readonly string[] }) =>
      `load_method ${p.method} is not possible here; possible: ${p.supported.join(", ")}`,
    hint: "Leave load_method out for the default.",
  },
  counts_disagree: {
    class: "bug",
    message: (p: { received: number; told: number }) => `${p.received} rows were received, but the target accounts for ${p.told}`,
    hint: "Nothing of this commit was kept as done. Please report it with the target's name and version.",
  },
  control_unusable: {
    class: "config",
    message: (p: { descriptor: string }) => `TAPLINE_CONTROL_FD names ${JSON.stringify(p.descriptor)}, which is no pipe of this process`,
    hint: "It is set by tapline for the plugins it starts itself. Unset it when you start a plugin by hand, and have a wrapper pass the descriptor on.",
  },
  context_missing: {
    class: "config",
    message: () => "It was not told what to work on (TAPLINE_CONTEXT is not set)",
    hint: (p: { plugin: string }) => `It is started by tapline, in a project: tapline ${p.plugin} …`,
  },
  context_unusable: {
    class: "config",
    message: (p: { path: string }) => `The file ${p.path}, which TAPLINE_CONTEXT names, is not a run context of form 1`,
    hint: "Install the same version of tapline and of this plugin.",
  },
  output_closed: {
    class: "connection",
    message: () => "The program that reads this output went away",
    hint: "Look at its own error message: it stopped first.",
  },
  output_failed: {
    class: "connection",
    message: (p: { reason: string }) => `The output can't be written: ${p.reason}`,
    hint: "Free space where the output goes, or mend what it is connected to.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(sdkErrorCatalogue);
