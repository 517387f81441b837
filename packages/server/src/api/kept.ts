/** What runs left for people to look at: files, rejected rows, results of checks, and notices. */
import { describePosition, TaplineError, Type } from "@tapline/protocol";
import {
  askRejects,
  createStopSwitch,
  environmentOf,
  type Failure,
  type ListedFile,
  listFiles,
  listNotices,
  pluginsWithRejects,
  tapsWithFiles,
} from "@tapline/runner";
import { type Checks, checksAnswer, type Files, filesAnswer, noticesAnswer, type Rejects, rejectsAnswer } from "./answers.ts";
import { chosen } from "./chosen.ts";
import { namedPipelines } from "./pipelines.ts";
import { route, type Served } from "./route.ts";
import { checkOf } from "./run-answers.ts";

const mostFiles = 500;
const mostNotices = 200;
const runsWithChecks = 10;

export const files = route({
  method: "GET",
  path: "/api/files",
  role: "read",
  summary: "Files that taps take and put away: those in the inbox with why they wait, and those that were put away.",
  query: Type.Object({ environment: chosen.environment }),
  answer: filesAnswer,
  handle({ project, binFolders, plugins }, { query }) {
    const environment = environmentOf(project, query.environment);
    const ask = (tap: string) => listFiles({ project, tap, environment, binFolders, limit: mostFiles, stop: never, onEvent: () => {} });
    const { found, problems, askedAt } = plugins.latest(`files ${environment}`, () =>
      askEach(
        () => tapsWithFiles(project, environment),
        async (tap) => {
          const found = await ask(tap);
          return "failure" in found ? found : { found: found.files.map(fileAnswer) };
        },
      ),
    );
    return { asked_at: askedAt, problems, files: found };
  },
});

function fileAnswer(listed: ListedFile): Files["files"][number] {
  const { tap, path, state, streams, size, at, runId, archivedAs } = listed;
  const why = listed.why ?? (state === "waiting" ? "the next run loads it" : null);
  return { tap, path, state, streams, size, why, at, run_id: runId, archived_as: archivedAs };
}

export const rejects = route({
  method: "GET",
  path: "/api/rejects",
  role: "read",
  summary: "The rejected rows that taps and targets keep, without their values.",
  query: Type.Object({ environment: chosen.environment }),
  answer: rejectsAnswer,
  handle({ project, binFolders, plugins }, { query }) {
    const environment = environmentOf(project, query.environment);
    const chosen = { project, environment, binFolders };
    const { found, problems, askedAt } = plugins.latest(`rejects ${environment}`, () =>
      askEach(
        () => pluginsWithRejects(chosen),
        async (plugin) => {
          const request = { ...chosen, plugin, ids: [], streams: [], stop: createStopSwitch(), onEvent: () => {}, onWait: () => {} };
          const found = await askRejects("list", request);
          if ("failure" in found) return found;
          return {
            found: found.lines.map(({ id, stream, position, code, reason, run_id, rejected_at, kept_in }): Rejects["rejects"][number] => ({
              ...{ plugin, id, stream, place: describePosition(position), code, reason, run_id, rejected_at, kept_in },
            })),
          };
        },
      ),
    );
    return { asked_at: askedAt, problems, rejects: found };
  },
});

/** A plugin that can't be asked is a problem that is shown; the others answer. */
async function askEach<T>(
  namesOf: () => string[] | Promise<string[]>,
  ask: (name: string) => Promise<{ found: T[] } | { failure: Failure }>,
): Promise<{ found: T[]; problems: string[] }> {
  const found: T[] = [];
  const problems: string[] = [];
  for (const name of await orNone(namesOf)) {
    const answer = await ask(name).catch((error: unknown) => {
      if (error instanceof TaplineError) return { failure: error };
      throw error;
    });
    if ("failure" in answer) problems.push(`${name}: ${answer.failure.message}`);
    else found.push(...answer.found);
  }
  return { found, problems };
}

/** Nothing is kept where no plugin keeps anything. */
async function orNone(namesOf: () => string[] | Promise<string[]>): Promise<string[]> {
  try {
    return await namesOf();
  } catch (error) {
    if (error instanceof TaplineError && ["files_not_kept", "rejects_not_kept"].includes(error.code)) return [];
    throw error;
  }
}

const never = new Promise<never>(() => {});

export const checks = route({
  method: "GET",
  path: "/api/checks",
  role: "read",
  summary: "What the checks of each job found in its last runs.",
  query: Type.Object(chosen),
  answer: checksAnswer,
  handle: (served, { query }) => ({ checks: namedPipelines(served, query).flatMap((named) => checksOf(served, named)) }),
});

function checksOf({ history }: Served, { name, environment }: { name: string; environment: string }): Checks["checks"] {
  const found = new Map<string, Checks["checks"][number]>();
  for (const run of history.runs({ limit: runsWithChecks, name, environment }))
    for (const result of history.steps(run.runId).flatMap((step) => step.checks ?? [])) {
      const check = checkOf(result);
      const key = `${check.stream} ${check.id}`;
      const known = found.get(key) ?? { job: name, environment, check, run_id: run.runId, ended_at: run.endedAt, past: [] };
      known.past.push({ run_id: run.runId, status: check.status });
      found.set(key, known);
    }
  return [...found.values()];
}

export const notices = route({
  method: "GET",
  path: "/api/notices",
  role: "read",
  summary: "Who was told what, the newest first.",
  query: Type.Object({ environment: chosen.environment }),
  answer: noticesAnswer,
  async handle({ project }, { query }) {
    const records = await listNotices(project, environmentOf(project, query.environment), { limit: mostNotices });
    return {
      notices: records.map(({ channel, status, reason, lastAttemptAt, notice }) => ({
        ...{ channel, status, reason, at: lastAttemptAt, event: notice.event, job: notice.job, run_id: notice.runId, title: notice.title },
      })),
    };
  },
});
