/** The run context of a utility: what it gets besides its arguments, in a file that an environment variable names. */

import {
  type CatalogStream,
  contextVariable,
  hasCapability,
  type LoadedStream,
  metadataAt,
  orderedEntries,
  orderedObject,
  type PipedCatalog,
  type PipedStream,
  type RunContext,
} from "@tapline/protocol";
import { selectedStreams } from "../catalog/shape.ts";
import { tapCatalog } from "../catalog/tap-catalog.ts";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { prepareStep } from "../plugins/prepare.ts";
import { findEnvironment } from "../plugins/python-environment.ts";
import type { RunFolder } from "../process/run-folder.ts";
import { jobOf } from "../project/job.ts";
import type { ReadyUtility } from "./prepare-utility.ts";

export interface ContextOptions {
  project: Project;
  ready: ReadyUtility;
  runId: string;
  loaded: LoadedStream[] | null;
  failedSince: string | null;
  binFolders?: readonly string[] | undefined;
}

/** Writes the file, and returns the variable that names it. @throws what preparing and discovering taps throws, catalog_not_told */
export async function writeContext(options: ContextOptions, folder: RunFolder): Promise<Record<string, string>> {
  const { project, ready, runId, loaded, failedSince } = options;
  const { plugin, named, environment, python } = ready;
  const context: RunContext = {
    form: 1,
    project: project.folder,
    environment,
    run_id: runId,
    config: plugin.config,
    plugins: Object.fromEntries(named.map((each) => [each.plugin.name, { executable: each.plugin.base, config: each.plugin.config }])),
    catalogs: needsCatalogs(ready) ? await pipedCatalogs(options) : null,
    loaded,
    failed_since: failedSince,
    python: python === undefined ? null : (findEnvironment(project.folder, python) ?? null),
  };
  return { [contextVariable]: folder.write("context.json", context) };
}

/** A capability such as `catalogs:generate` means: with `generate` as first argument it needs catalogs. */
function needsCatalogs({ about, args }: ReadyUtility): boolean {
  return hasCapability(about, `catalogs:${args[0]}`);
}

/** The catalog of every tap that a job pipes into one of these plugins, each pair once. */
async function pipedCatalogs({ project, ready, binFolders = [] }: ContextOptions): Promise<PipedCatalog[]> {
  const { named, environment } = ready;
  const targets = named.map(({ plugin }) => plugin.name);
  const works = Object.keys(project.parsed.file.jobs ?? {}).flatMap((name) => jobOf(project, name).steps.map(({ work }) => work));
  const pipes = works.flatMap((work) => (work.kind === "pipe" && targets.includes(work.target) ? [work] : []));
  const found = new Map<string, PipedCatalog>();
  for (const { tap, target } of pipes) {
    const key = `${tap} ${target}`;
    if (found.has(key)) continue;
    const step = await prepareStep({ project, tap, target, environment, binFolders });
    const answer = await tapCatalog({ project, tap: step.tap, redact: step.redact, always: true, onEvent: () => {} });
    if ("failure" in answer) throw errors.catalog_not_told({ tap, reason: answer.failure.message, advice: answer.failure.hint });
    const streams = answer.catalog === undefined ? [] : selectedStreams(answer.catalog);
    found.set(key, {
      tap,
      target,
      streams: streams.map(pipedStream),
    });
  }
  return [...found.values()];
}

/** The stream with only the columns that are read. */
function pipedStream(stream: CatalogStream): PipedStream {
  const { schema, key_properties: keys = [], replication_method: method = "FULL_TABLE" } = stream;
  const isRead = ([name]: [string, unknown]): boolean => metadataAt(stream, ["properties", name]).selected !== false;
  const properties = orderedObject(orderedEntries(schema.properties ?? {}).filter(isRead));
  return { stream: stream.stream, schema: { ...schema, properties }, key_properties: keys, replication_method: method };
}
