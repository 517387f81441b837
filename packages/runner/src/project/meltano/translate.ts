/**
 * Translates a Meltano project into a project of tapline. `tapline import meltano` writes what this gives; a project that is run unchanged
 * uses it in memory. Pure.
 */
import { isObject } from "@tapline/protocol";
import type { FilePosition } from "../../model/file-position.ts";
import type { MeltanoFacts, MeltanoGap } from "../../model/meltano.ts";
import type { Path } from "../../model/project.ts";
import type { ProjectFile } from "../../model/project-schema.ts";
import { translateJobs } from "./jobs.ts";
import { expand, inOurs, mapTexts } from "./names.ts";
import { translatePlugins } from "./plugins.ts";
import { type Item, itemsAt, type MeltanoSource, rootValue, textOf, textsOf } from "./source.ts";
import { type Scope, variablesOver } from "./variables.ts";

export interface Translation {
  file: ProjectFile;
  facts: MeltanoFacts;
  /** Where a path of `file` is in the Meltano project; {}: it is not written there. */
  locate(path: Path): FilePosition;
}

/** `given`: the variables of .env and the process. A setting whose variable is set becomes a reference to it. */
export function translate(source: MeltanoSource, given: Readonly<Record<string, string | undefined>>): Translation {
  const gaps: MeltanoGap[] = [];
  const rootEnv = textsOf(rootValue(source, "env"));
  const variables = variablesOver({ ...given, MELTANO_PROJECT_ROOT: source.folder }, rootEnv);
  const python = textOf(rootValue(source, "python"));
  const translated = translatePlugins({ source, variables, python, gaps });
  const { plugins, changes, facts, commands } = translated;
  const kindOf = (name: string): string | undefined => (Object.hasOwn(plugins, name) ? plugins[name]?.kind : undefined);
  const { jobs, schedules, stateIds, origins } = translateJobs(source, commands, kindOf, gaps);
  const environments = itemsAt(source, ["environments"]);
  noteRootKeys(source, gaps);
  noteStates(source, variables.of(undefined), gaps);
  const defaultEnvironment = textOf(rootValue(source, "default_environment"));
  const env = mapTexts(rootEnv, inOurs) as Record<string, string>;
  const file: ProjectFile = {
    ...(defaultEnvironment === undefined ? {} : { default_environment: defaultEnvironment }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    plugins,
    ...(environments.length === 0
      ? {}
      : { environments: Object.fromEntries(environments.map((each) => [each.name, environmentOf(each)])) }),
    ...(Object.keys(jobs).length === 0 ? {} : { jobs }),
    ...(schedules.length === 0 ? {} : { schedules }),
  };
  function environmentOf({ name, value }: Item): NonNullable<ProjectFile["environments"]>[string] {
    const own = mapTexts(textsOf(value.env), inOurs) as Record<string, string>;
    const suffix = textOf(value.state_id_suffix);
    return {
      ...(Object.keys(own).length === 0 ? {} : { env: own }),
      ...(changes[name] === undefined ? {} : { plugins: changes[name] }),
      ...(suffix === undefined ? {} : { state_id_suffix: inOurs(suffix) }),
    };
  }
  return {
    file,
    facts: { plugins: facts, commands, stateIds, isStrict: isStrict(source), state: stateOf(source), gaps },
    locate: (path) => locate(path, { plugins: translated.origins, jobs: origins, environments }),
  };
}

/** Keys of the top level that are neither translated nor without a meaning outside Meltano. */
function noteRootKeys(source: MeltanoSource, gaps: MeltanoGap[]): void {
  for (const file of source.files) {
    for (const key of Object.keys(isObject(file.value) ? file.value : {})) {
      if (translatedKeys.includes(key) || ownKeys.includes(key)) continue;
      const known = rootGaps[key];
      gaps.push({
        kind: "lost",
        what: key,
        text: known ?? "tapline does not know this setting.",
        position: { file: file.path, ...file.locate([key]) },
      });
    }
  }
}

export const translatedKeys: readonly string[] = [
  "default_environment",
  "env",
  "environments",
  "include_paths",
  "jobs",
  "plugins",
  "python",
  "schedules",
  "state_backend",
  "database_uri",
  "ff",
];

/** They are about Meltano itself. */
export const ownKeys: readonly string[] = [
  "version",
  "project_id",
  "send_anonymous_usage_stats",
  "disable_tracking",
  "hub",
  "hub_url",
  "hub_url_auth",
  "hub_api_root",
  "cli",
  "venv",
  "elt",
  "snowplow",
  "experimental",
  "database_max_retries",
  "database_retry_timeout",
  "auto_install",
  "annotations",
  "requires_meltano",
  "$schema",
];

const rootGaps: Readonly<Record<string, string>> = {
  project_readonly: "A folder that may not be written is not supported: the history of runs is in .tapline/.",
};

function isStrict(source: MeltanoSource): boolean {
  const flags = rootValue(source, "ff");
  return (isObject(flags) && flags.strict_env_var_mode === true) || rootValue(source, "ff.strict_env_var_mode") === true;
}

/** `state_backend: { uri: … }` or `state_backend.uri: …`. */
function stateOf(source: MeltanoSource): MeltanoFacts["state"] {
  const backend = rootValue(source, "state_backend");
  const nested = isObject(backend) ? backend : {};
  const setting = (name: string): string | undefined => textOf(rootValue(source, `state_backend.${name}`)) ?? textOf(nested[name]);
  return { uri: setting("uri"), database: textOf(rootValue(source, "database_uri")), s3: textsOf(nested.s3) };
}

/** Meltano also keeps states where tapline can't read them. */
function noteStates(source: MeltanoSource, { variable }: Scope, gaps: MeltanoGap[]): void {
  const { uri, database } = stateOf(source);
  const places = [
    variable("MELTANO_STATE_BACKEND_URI") ?? expand(uri ?? "", variable),
    variable("MELTANO_DATABASE_URI") ?? expand(database ?? "", variable),
  ];
  const isElsewhere = places[0] !== "" && places[0] !== "systemdb";
  const place = isElsewhere ? places[0] : places[1];
  if (place === undefined || place === "" || /^(file:|s3:|sqlite:|postgres)/.test(place)) return;
  gaps.push({
    kind: "lost",
    what: "states",
    text: `Those in ${place.split(":")[0]} are not read, so runs begin without them. Take each over once: meltano state get ID > state.json, then tapline state set ID - < state.json`,
    position: {
      file: source.files[0]?.path as string,
      ...source.files[0]?.locate(["state_backend"], ["state_backend.uri"], ["database_uri"]),
    },
    isOfRuns: true,
  });
}

interface Origins {
  plugins: ReadonlyMap<string, Item>;
  jobs: ReadonlyMap<string, Item>;
  environments: readonly Item[];
}

function locate(path: Path, { plugins, jobs, environments }: Origins): FilePosition {
  const [area, name, ...more] = path.map(String);
  if (area === "plugins" && name !== undefined) return exact(plugins.get(name), more);
  if (area === "jobs" && name !== undefined) return exact(jobs.get(name), []);
  if (area !== "environments" || name === undefined) return {};
  const environment = environments.find((each) => each.name === name);
  const [inner, plugin, ...rest] = more;
  if (inner === "plugins" && plugin !== undefined) return exact(plugins.get(`${name} ${plugin}`), rest);
  return exact(environment, more);
}

/** A setting may be written nested or with dots. */
function exact(item: Item | undefined, path: readonly string[]): FilePosition {
  if (item === undefined) return {};
  const [key, ...names] = path;
  const spellings: Path[] =
    key === "config" && names.length > 0
      ? [
          [key, ...names],
          [key, names.join(".")],
        ]
      : [path];
  const place = item.file.locate(...spellings.map((each) => [...item.path, ...each]));
  return place.line === undefined ? {} : { ...place, file: item.file.path };
}
