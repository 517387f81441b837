/** The project itself: who looks at it, its plugins with their settings, and how data flows through it. */
import { basename, relative } from "node:path";
import { TaplineError, Type } from "@tapline/protocol";
import {
  environmentOf,
  environmentsOf,
  jobNames,
  listSettings,
  type Project,
  pluginKind,
  pluginNames,
  reportedAbout,
  type StepRecord,
} from "@tapline/runner";
import { type Lineage, lineageAnswer, type Plugins, pluginsAnswer, sessionAnswer } from "./answers.ts";
import { chosen } from "./chosen.ts";
import { namedPipelines } from "./pipelines.ts";
import { route } from "./route.ts";

export const session = route({
  method: "GET",
  path: "/api/session",
  role: "read",
  summary: "What the page needs first: the project, and what this token may do.",
  answer: sessionAnswer,
  handle({ project, version }, { who }) {
    return {
      project: { name: basename(project.folder), folder: project.folder },
      ...{ version, role: who.role, read_only: who.isReadOnly, jobs: jobNames(project), default_environment: environmentOf(project) },
      environments: environmentsOf(project),
    };
  },
});

export const plugins = route({
  method: "GET",
  path: "/api/plugins",
  role: "read",
  summary: "The plugins of tapline.yml with their settings: references as they are written, secrets as ***.",
  query: Type.Object({ environment: chosen.environment }),
  answer: pluginsAnswer,
  handle({ project, binFolders, plugins: answers }, { query }) {
    const environment = environmentOf(project, query.environment);
    const { found, problems, askedAt } = answers.latest(`plugins ${environment}`, () => settingsOf(project, environment, binFolders));
    return { asked_at: askedAt, problems, plugins: found };
  },
});

/** What a plugin reports only adds to its settings: without it, those of tapline.yml are shown. */
async function settingsOf(project: Project, environment: string, binFolders: readonly string[]) {
  const found: Plugins["plugins"] = [];
  const problems: string[] = [];
  for (const name of pluginNames(project)) {
    const about = await reportedAbout(project, name, { environment, binFolders }).catch((error: unknown) => {
      if (!(error instanceof TaplineError)) throw error;
      problems.push(`${name}: ${error.message}`);
      return null;
    });
    const settings = listSettings(project, name, environment, about).map(({ value, source, place, description, isBare, ...row }) => ({
      ...{ name: row.name, value: value ?? null, source, description: description ?? null, is_secret_in_file: isBare },
      place: place.file === undefined ? null : `${relative(project.folder, place.file)}:${place.line}`,
    }));
    found.push({ name, kind: pluginKind(project.parsed, name) ?? null, settings });
  }
  return { found, problems };
}

/** Each stream and model is shown as the newest of so many runs of a pipeline left it: a run may have only some of them. */
const looksBack = 5;

export const lineage = route({
  method: "GET",
  path: "/api/lineage",
  role: "read",
  summary: "How data flows, as the last runs reported it: from streams into tables, and from tables into models.",
  query: Type.Object({ environment: chosen.environment }),
  answer: lineageAnswer,
  handle(served, { query }) {
    const environment = environmentOf(served.project, query.environment);
    const nodes = new Map<string, Lineage["nodes"][number]>();
    const edges = new Map<string, Lineage["edges"][number]>();
    const runs = namedPipelines(served, { environment }).flatMap(({ name }) =>
      served.history.runs({ limit: looksBack, name, environment }),
    );
    const ended = runs.filter(({ status }) => status !== "running").sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
    // What a newer run says replaces what an older one said, also that of another job.
    for (const { runId } of ended) for (const step of served.history.steps(runId)) addStep(step, nodes, edges);
    return { nodes: [...nodes.values()], edges: [...edges.values()] };
  },
});

function addStep(step: StepRecord, nodes: Map<string, Lineage["nodes"][number]>, edges: Map<string, Lineage["edges"][number]>): void {
  const join = (from: string, to: string) => edges.set(`${from} ${to}`, { from, to });
  const [tap = { name: "" }] = step.plugins;
  for (const { stream, table } of step.streams) {
    const id = `${tap.name}/${stream}`;
    nodes.set(id, { id, kind: "stream", name: `${tap.name}: ${stream}`, status: step.status, run_id: step.runId });
    if (table === null) continue;
    nodes.set(table, { id: table, kind: "table", name: table, status: step.status, run_id: step.runId });
    join(id, table);
  }
  for (const node of step.nodes ?? []) {
    if (node.kind === "test") continue;
    nodes.set(node.id, { id: node.id, kind: "model", name: node.name, status: node.status, run_id: step.runId });
    for (const upstream of node.depends_on ?? []) {
      if (!nodes.has(upstream) && !upstream.includes("/"))
        nodes.set(upstream, { id: upstream, kind: "table", name: upstream, status: null, run_id: null });
      join(upstream, node.id);
    }
  }
}
