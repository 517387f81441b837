/** Which columns identify a row of a table in scratch, which has no keys of its own: those of its stream, or of a test of dbt. */
import { tapCatalog } from "../catalog/tap-catalog.ts";
import type { CiJob } from "../model/ci-report.ts";
import type { Project } from "../model/project.ts";
import { prepareStep } from "../plugins/prepare.ts";
import { jobOf } from "../project/job.ts";

export interface KeyOptions {
  project: Project;
  environment: string;
  binFolders: readonly string[];
}

/** The keys of streams, by the last part of the stream's name, in lower case; two streams of one name with other keys have none. */
export async function keysOfStreams(
  jobs: readonly string[],
  { project, environment, binFolders }: KeyOptions,
): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const { work } of jobs.flatMap((name) => jobOf(project, name).steps)) {
    if (work.kind !== "pipe") continue;
    const { tap, redact } = await prepareStep({ project, ...work, environment, binFolders });
    const answer = await tapCatalog({ project, tap, redact, always: true, onEvent: () => {} });
    if ("failure" in answer) continue;
    for (const { stream, key_properties: keys = [] } of answer.catalog?.streams ?? [])
      for (const name of [stream, stream.split("-").at(-1) ?? stream]) {
        const id = name.toLowerCase();
        const other = found.get(id);
        found.set(id, other === undefined || other.join() === keys.join() ? keys : []);
      }
  }
  return found;
}

/** A test of dbt that a column is unique is called unique_MODEL_COLUMN. */
export function keyByTest(jobs: readonly CiJob[], table: string, columns: readonly string[]): readonly string[] {
  const nodes = jobs.flatMap(({ steps }) => steps.flatMap((step) => step.nodes));
  const passed = new Set(nodes.flatMap(({ kind, name, status }) => (kind === "test" && status === "ok" ? [name] : [])));
  const column = columns.find((each) => passed.has(`unique_${table}_${each}`));
  return column === undefined ? [] : [column];
}
