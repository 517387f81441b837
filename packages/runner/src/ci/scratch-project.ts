/**
 * A project as a trial runs it: every target writes to the scratch database, taps neither put files away nor move their place in a log, states
 * are kept in the copy of the project, and nobody is notified.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isObject } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { Project } from "../model/project.ts";
import type { ProjectFile } from "../model/project-schema.ts";
import { jobNames, jobOf } from "../project/job.ts";
import { entryOf, kindOf, pluginNamesIn } from "../project/plugin-entry.ts";

export interface Scratch {
  /** The plugin that every target becomes: target-duckdb, or a target of the project. */
  target: string;
  /** What leads to the scratch database. Values are taken as they are. */
  config: Readonly<Record<string, unknown>>;
}

/** The settings of a target that say how rows are loaded, not where to: these stay in a trial. */
export const keptSettings: ReadonlySet<string> = new Set([
  ...["default_target_schema", "stream_names", "table_names", "column_names", "schema_policy", "unknown_fields", "epoch_times"],
  ...["on_bad_time", "nul_characters", "exactly_once", "load_method", "on_error", "max_rejects", "hard_delete", "add_record_metadata"],
  ...["validate_records", "stream_maps", "stream_map_config", "faker_config", "flattening_enabled", "flattening_max_depth"],
  ...["flattening_separator", "flattening_max_key_length", "batch_size_rows", "batch_max_bytes", "commit_after_ms", "max_line_bytes"],
]);

/** @throws ci_follows_log, ci_targets_mixed */
export function scratchProject(project: Project, environment: string, scratch: Scratch): Project {
  const { parsed } = project;
  const names = new Set([...pluginNamesIn(parsed), ...namesInJobs(project)]);
  const plugins: Record<string, PluginEntry> = {};
  for (const name of names) plugins[name] = entryFor(project, name, environment, scratch);
  refuseMixed(plugins, scratch.target);
  const { state: _, notify: __, environments = {}, ...file } = parsed.file;
  const { env } = environments[environment] ?? {};
  const own: ProjectFile = {
    ...file,
    plugins,
    environments: { ...environments, [environment]: env === undefined ? {} : { env } },
  };
  return { ...project, parsed: { ...parsed, file: own } };
}

/** Plugins that only a job names. */
function namesInJobs(project: Project): string[] {
  const works = jobNames(project).flatMap((name) => jobOf(project, name).steps.map(({ work }) => work));
  return works.flatMap((work) => (work.kind === "pipe" ? [work.tap, ...work.mappers, work.target] : []));
}

function entryFor(project: Project, name: string, environment: string, scratch: Scratch): PluginEntry {
  const { entry, chain } = entryOf(project.parsed, name, environment);
  const base = chain.at(-1) as string;
  const kind = entry.kind ?? kindOf(project.parsed, name) ?? kindOf(project.parsed, base);
  const inherits = base === name ? {} : { inherit_from: base };
  if (kind === "target") return targetEntry(name, { ...entry, ...inherits }, scratch);
  if (kind !== "tap") return { ...entry, ...inherits, ...(kind !== undefined && { kind }) };
  const { files: _, ...tap } = entry;
  if (entry.catalog !== undefined && followsLog(project, entry.catalog))
    throw errors.ci_follows_log({ tap: name, path: entry.catalog }, { file: project.path });
  return { ...withoutLog(tap), ...inherits, kind };
}

function targetEntry(name: string, { config = {}, ...own }: PluginEntry, scratch: Scratch): PluginEntry {
  const place = Object.fromEntries(Object.entries(scratch.config).map(([setting, value]) => [setting, literal(value)]));
  // Into an empty table all ways to load give the same rows, and overwrite takes no sample.
  const { load_method: method, ...others } = config;
  const loads = method === undefined || method === "overwrite" ? others : config;
  if (name === scratch.target) return { ...own, kind: "target", config: { ...loads, ...place } };
  const kept = Object.fromEntries(Object.entries(loads).filter(([setting]) => keptSettings.has(setting)));
  return { inherit_from: scratch.target, kind: "target", config: { ...kept, ...place } };
}

/** A plugin that is called like the one that all targets become hands its settings down to them. @throws ci_targets_mixed */
function refuseMixed(plugins: Readonly<Record<string, PluginEntry>>, target: string): void {
  const handed = Object.keys(plugins[target]?.config ?? {}).filter((setting) => keptSettings.has(setting));
  for (const [name, { inherit_from: base, config = {} }] of Object.entries(plugins)) {
    const settings = handed.filter((setting) => !Object.hasOwn(config, setting));
    if (base === target && settings.length > 0) throw errors.ci_targets_mixed({ target: name, base: target, settings });
  }
}

/** tapline.yml writes $ as $$. */
const literal = (value: unknown): unknown => (typeof value === "string" ? value.replaceAll("$", "$$$$") : value);

/** A file that is missing is told by the run. */
function followsLog(project: Project, path: string): boolean {
  try {
    return /"LOG_BASED"/.test(readFileSync(resolve(project.folder, path), "utf8"));
  } catch {
    return false;
  }
}

/** Reads whole what the project follows. */
function withoutLog<T>(value: T): T {
  if (value === "LOG_BASED") return "FULL_TABLE" as T;
  if (Array.isArray(value)) return value.map(withoutLog) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutLog(inner)])) as T;
}
