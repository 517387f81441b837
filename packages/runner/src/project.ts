/** A project on disk: finds tapline.yml, reads it, and gives each plugin's entry as an environment sees it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { didYouMean, isExactNumber } from "@tapline/protocol";
import { errors } from "./errors.ts";
import { type ParsedProject, parseProject } from "./project-file.ts";
import type { PluginEntry } from "./project-schema.ts";
import { substituteVariables } from "./variables.ts";

export interface Project {
  /** The folder that holds tapline.yml; plugins run there. */
  folder: string;
  path: string;
  parsed: ParsedProject;
  variables: Readonly<Record<string, string | undefined>>;
}

/** A plugin as a run needs it: variables replaced, environment merged in. */
export interface Plugin {
  name: string;
  entry: PluginEntry;
  config: Record<string, unknown>;
  env: Record<string, string>;
  /** Values of environment variables its config uses, by variable. */
  usedVariables: ReadonlyMap<string, string>;
}

/** @throws project_missing, project_unreadable, project_not_yaml, project_invalid */
export function openProject(from: string, environment: NodeJS.ProcessEnv = process.env): Project {
  const folder = findFolder(resolve(from));
  if (folder === undefined) throw errors.project_missing({ folder: resolve(from) });
  const path = join(folder, "tapline.yml");
  const parsed = parseProject(readText(path), path);
  const dotenv = join(folder, ".env");
  const fromFile = existsSync(dotenv) ? parseEnv(readText(dotenv)) : {};
  return { folder, path, parsed, variables: { ...fromFile, ...environment } };
}

/** For commands that also make sense without a project: the folder then stands for an empty one. */
export function openProjectOrEmpty(from: string, environment: NodeJS.ProcessEnv = process.env): Project {
  const folder = resolve(from);
  if (findFolder(folder) !== undefined) return openProject(from, environment);
  const path = join(folder, "tapline.yml");
  return { folder, path, parsed: parseProject("", path), variables: environment };
}

export function environmentOf(project: Project, named?: string): string {
  const { file } = project.parsed;
  const fallback = file.default_environment ?? "dev";
  if (named === undefined || named === fallback) return fallback;
  const known = [...new Set([fallback, "dev", ...Object.keys(file.environments ?? {})])];
  if (known.includes(named)) return named;
  throw errors.environment_unknown({ name: named, known, meant: didYouMean(named, known) }, { file: project.path });
}

/** The steps of a job. @throws job_unknown */
export function stepsOf(project: Project, job: string): { tap: string; target: string }[] {
  const jobs = project.parsed.file.jobs ?? {};
  const steps = Object.hasOwn(jobs, job) ? jobs[job] : undefined;
  if (steps === undefined) {
    const known = Object.keys(jobs);
    throw errors.job_unknown({ name: job, known, meant: didYouMean(job, known) }, { file: project.path });
  }
  return steps.map((step) => {
    const [tap = "", target = ""] = step.trim().split(/\s+/);
    return { tap, target };
  });
}

/** A plugin that is not in the file has no config: it may still be an executable. @throws variable_missing */
export function pluginOf(project: Project, name: string, environment: string): Plugin {
  const { file, locate } = project.parsed;
  const own = (plugins: unknown): PluginEntry =>
    Object.hasOwn((plugins ?? {}) as object, name) ? ((plugins as Record<string, PluginEntry | null>)[name] ?? {}) : {};
  const merged = mergeDeep(own(file.plugins), own(file.environments?.[environment]?.plugins)) as PluginEntry;
  const { value, missing, used } = substituteVariables(
    { config: merged.config ?? {}, env: merged.env ?? {} },
    (variable) => project.variables[variable],
  );
  const first = missing[0];
  if (first !== undefined) {
    const place = [name, ...first.path];
    const where = locate(["environments", environment, "plugins", ...place], ["plugins", ...place]);
    throw errors.variable_missing({ variable: first.variable, place: place.join(".") }, { file: project.path, ...where });
  }
  return { name, entry: merged, config: value.config, env: value.env, usedVariables: used };
}

export function pluginNames(project: Project): string[] {
  return Object.keys(project.parsed.file.plugins ?? {});
}

/** Objects merge key by key; anything else (lists too) is replaced. */
export function mergeDeep(under: unknown, over: unknown): unknown {
  if (!isPlainObject(under) || !isPlainObject(over)) return over === undefined ? under : over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = Object.hasOwn(under, key) ? mergeDeep(under[key], value) : value;
  return merged;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

function findFolder(from: string): string | undefined {
  if (existsSync(join(from, "tapline.yml"))) return from;
  const above = dirname(from);
  return above === from ? undefined : findFolder(above);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw errors.project_unreadable({ reason: (error as Error).message }, { file: path }, error);
  }
}
