/**
 * Makes a project that stands by itself of the translation: in tapline.yml, Meltano's own variables have no values. Pure.
 */
import type { MeltanoGap } from "../model/meltano.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { ProjectFile } from "../model/project-schema.ts";
import { mapTexts } from "../project/meltano/names.ts";
import type { Translation } from "../project/meltano/translate.ts";
import { wordsOfStep } from "../project/step-words.ts";

export interface ForTapline {
  file: ProjectFile;
  gaps: MeltanoGap[];
  /** The names of targets that were made for one tap each, by "tap target". */
  targets: ReadonlyMap<string, string>;
}

type Plugins = Record<string, PluginEntry>;

/** `given`: the variables of .env and the process, `path` is that of meltano.yml. */
export function forTapline(
  { file, facts, locate }: Translation,
  given: Readonly<Record<string, string | undefined>>,
  path: string,
): ForTapline {
  const gaps: MeltanoGap[] = [...facts.gaps];
  const plugins = structuredClone(file.plugins ?? {}) as Plugins;
  const environments = structuredClone(file.environments ?? {}) as NonNullable<ProjectFile["environments"]>;
  const pipes = pipesOf(file);
  const targets = new Map<string, string>();
  for (const [name, entry] of Object.entries(plugins)) {
    if (entry.kind !== "target" || !refersToTap(entry) || pipes.every(({ target }) => target !== name)) continue;
    const taps = [...new Set(pipes.filter(({ target }) => target === name).map(({ tap }) => tap))];
    for (const tap of taps) {
      const own = taps.length === 1 ? name : `${name}-${tap}`;
      if (own !== name) {
        plugins[own] = { inherit_from: name, kind: "target" };
        targets.set(`${tap} ${name}`, own);
        gaps.push({
          kind: "differs",
          what: `${name}: ${tap}`,
          text: `Its settings depend on the tap, so ${tap} has a target of its own, ${own}. Its states are taken over under the new id.`,
          position: locate(["plugins", name]),
        });
      }
      const values = (environment: string) => tapVariables(tap, facts.plugins[tap], environment);
      const base = (plugins[name] as PluginEntry).config ?? {};
      const changed = replaced(base, values(""));
      plugins[own] = { ...plugins[own], config: own === name ? changed : differing(base, changed) };
      for (const [environment, each] of Object.entries(environments)) {
        const schema = facts.plugins[tap]?.loadSchemas[environment];
        if (schema === undefined || each === null) continue;
        const inner = differing(base, replaced(base, values(environment)));
        each.plugins = { ...each.plugins, [own]: { ...each.plugins?.[own], config: { ...each.plugins?.[own]?.config, ...inner } } };
      }
    }
    if (taps.length > 1) plugins[name] = { ...entry, config: withoutTapReferences(entry.config ?? {}) };
  }
  const all = { ...file, plugins, environments } as ProjectFile;
  const result = mapTexts(all, (text) => text.replaceAll(/\$MELTANO_PROJECT_ROOT\b|\$\{MELTANO_PROJECT_ROOT\}/g, ".")) as ProjectFile;
  if (namesEnvironment(result))
    for (const [name, each] of Object.entries(result.environments ?? {}))
      if (each !== null) each.env = { MELTANO_ENVIRONMENT: name, ...each.env };
  for (const [name, fact] of Object.entries(facts.plugins)) {
    const entry = (result.plugins as Plugins | undefined)?.[name];
    if (entry === undefined || entry.config === undefined) continue;
    const upper = `MELTANO_${fact.type.toUpperCase()}`;
    entry.config = replaced(entry.config, {
      [`${upper}_NAME`]: name,
      [`${upper}_NAMESPACE`]: fact.namespace,
      ...(fact.variant === undefined ? {} : { [`${upper}_VARIANT`]: fact.variant }),
    });
  }
  if (Object.keys(result.environments ?? {}).length === 0) delete (result as { environments?: unknown }).environments;
  const withJobs = targets.size === 0 ? result : { ...result, jobs: jobsWith(result.jobs, targets) };
  return { file: withJobs as ProjectFile, gaps: [...gaps, ...notesOf(withJobs as ProjectFile, given, locate, path)], targets };
}

interface Pipe {
  tap: string;
  target: string;
}

function pipesOf({ jobs = {}, plugins = {} }: ProjectFile): Pipe[] {
  const kinds = plugins as Plugins;
  return Object.values(jobs).flatMap((job) =>
    (Array.isArray(job) ? job : job.steps).flatMap((step) => {
      const words = wordsOfStep(step);
      const [tap = "", target = ""] = [words[0], words.at(-1)];
      return kinds[tap]?.kind === "tap" && kinds[target]?.kind === "target" ? [{ tap, target }] : [];
    }),
  );
}

function jobsWith(jobs: ProjectFile["jobs"], targets: ReadonlyMap<string, string>): ProjectFile["jobs"] {
  const change = (step: Parameters<typeof wordsOfStep>[0]): Parameters<typeof wordsOfStep>[0] => {
    const words = wordsOfStep(step);
    const own = targets.get(`${words[0]} ${words.at(-1)}`);
    if (own === undefined) return step;
    const run = [...words.slice(0, -1), own].join(" ");
    return typeof step === "string" ? run : { ...step, run };
  };
  return Object.fromEntries(
    Object.entries(jobs ?? {}).map(([name, job]) => [
      name,
      Array.isArray(job) ? job.map(change) : { ...job, steps: job.steps.map(change) },
    ]),
  );
}

const ofTap = /\$\{?(MELTANO_EXTRACT(?:OR)?_\w+)\}?/;

function refersToTap({ config = {} }: PluginEntry): boolean {
  return ofTap.test(JSON.stringify(config));
}

function tapVariables(
  tap: string,
  facts: Translation["facts"]["plugins"][string] | undefined,
  environment: string,
): Record<string, string> {
  const namespace = facts?.namespace ?? tap.replaceAll("-", "_");
  return {
    MELTANO_EXTRACTOR_NAME: tap,
    MELTANO_EXTRACTOR_NAMESPACE: namespace,
    MELTANO_EXTRACT__LOAD_SCHEMA: facts?.loadSchemas[environment] ?? facts?.loadSchemas[""] ?? namespace,
  };
}

function replaced(config: Record<string, unknown>, values: Readonly<Record<string, string>>): Record<string, unknown> {
  return mapTexts(config, (text) =>
    text.replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (whole, braced?: string, bare?: string) => values[braced ?? bare ?? ""] ?? whole),
  ) as Record<string, unknown>;
}

/** The settings that changed. */
function differing(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(after).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key])));
}

function withoutTapReferences(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !ofTap.test(JSON.stringify(value))));
}

/** Whether something refers to the name of the environment. */
function namesEnvironment(file: ProjectFile): boolean {
  return /\$\{?MELTANO_ENVIRONMENT\b/.test(JSON.stringify(file));
}

/** What differs from here on because tapline.yml has other rules for variables. */
function notesOf(
  file: ProjectFile,
  given: Readonly<Record<string, string | undefined>>,
  locate: Translation["locate"],
  path: string,
): MeltanoGap[] {
  const declared = new Set([
    ...Object.keys(file.env ?? {}),
    ...Object.values(file.environments ?? {}).flatMap((each) => Object.keys(each?.env ?? {})),
  ]);
  const notes: MeltanoGap[] = [];
  for (const name of Object.keys(file.env ?? {}))
    if (given[name] !== undefined)
      notes.push({
        kind: "differs",
        what: `env: ${name}`,
        text: "It is also set in .env or in this shell, and tapline takes that one, where Meltano takes the one of meltano.yml. Remove one of the two.",
        position: { file: path },
      });
  for (const [plugin, entry] of Object.entries((file.plugins ?? {}) as Plugins)) {
    const text = JSON.stringify([entry.config ?? {}, entry.env ?? {}]);
    const names = [...text.matchAll(/(?<!\$)\$(?:\{(\w+)\}|(\w+))/g)].map(([, braced, bare]) => braced ?? bare ?? "");
    for (const name of new Set(names)) {
      if (given[name] !== undefined || declared.has(name) || Object.hasOwn(entry.env ?? {}, name)) continue;
      notes.push({
        kind: "differs",
        what: `${plugin}: $${name}`,
        text: name.startsWith("MELTANO_")
          ? "Only Meltano sets this variable. Write the value instead, or set it in env."
          : "It is not set now. Meltano leaves the setting out then; tapline does not start without it. Set it in .env, or remove the setting.",
        position: locate(["plugins", plugin]),
        plugin,
      });
    }
  }
  return notes;
}
