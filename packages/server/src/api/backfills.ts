/** Back-fills: each with all its days or months, how they stand, and the runs that load them. */
import { Type } from "@tapline/protocol";
import { type BackfillPart, environmentOf, environmentsOf, listBackfills, type ShownBackfill } from "@tapline/runner";
import { type Backfills, backfillsAnswer } from "./answers.ts";
import { chosen } from "./chosen.ts";
import { route } from "./route.ts";

const mostBackfills = 20;

type Shown = Backfills["backfills"][number];

export const backfills = route({
  method: "GET",
  path: "/api/backfills",
  role: "read",
  summary: "The back-fills, in one environment or in all, with their partitions.",
  query: Type.Object({ environment: chosen.environment }),
  answer: backfillsAnswer,
  async handle({ project, storeOf }, { query }) {
    const found: ShownBackfill[] = [];
    for (const environment of query.environment === undefined ? environmentsOf(project) : [environmentOf(project, query.environment)]) {
      const listed = await listBackfills(await storeOf(environment));
      found.push(...listed.filter((backfill) => backfill.environment === environment));
    }
    const newest = found.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, mostBackfills);
    return { backfills: newest.map(answerOf) };
  },
});

function answerOf({ id, words, environment, status, mode, ...shown }: ShownBackfill): Shown {
  const { from, to, by, timezone, startedAt, endedAt, parts } = shown;
  const begun = new Map(shown.begun.map((part) => [part.name, part]));
  return {
    ...{ id, name: words.join(" "), environment, status, mode, from, to, by, timezone, started_at: startedAt, ended_at: endedAt },
    parts: parts.map((name) => partOf(name, begun.get(name))),
  };
}

const partOf = (name: string, part: BackfillPart | undefined): Shown["parts"][number] => ({
  ...{ name, status: part?.status ?? "waiting", rows: part?.rows ?? null },
  ...{ run_id: part?.attempts.at(-1)?.runId ?? null, error: part?.error ?? null },
});
