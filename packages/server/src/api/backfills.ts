/** Back-fills: each with all its days or months, how they stand, and the runs that load them. */
import { Type } from "@tapline/protocol";
import {
  type BackfillPart,
  environmentOf,
  environmentsOf,
  type ListedBackfill,
  listBackfills,
  type Store,
  showBackfill,
} from "@tapline/runner";
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
    const found: { store: Store; backfill: ListedBackfill }[] = [];
    for (const environment of query.environment === undefined ? environmentsOf(project) : [environmentOf(project, query.environment)]) {
      const store = await storeOf(environment);
      for (const backfill of await listBackfills(store)) if (backfill.environment === environment) found.push({ store, backfill });
    }
    const newest = found.sort((a, b) => (a.backfill.id < b.backfill.id ? 1 : -1)).slice(0, mostBackfills);
    return { backfills: await Promise.all(newest.map(({ store, backfill }) => shownBackfill(store, backfill))) };
  },
});

async function shownBackfill(store: Store, { id, words, environment, status, mode, ...listed }: ListedBackfill): Promise<Shown> {
  const { from, to, by, timezone, startedAt, endedAt, parts } = listed;
  const begun = new Map((await showBackfill(store, id)).begun.map((part) => [part.name, part]));
  return {
    ...{ id, name: words.join(" "), environment, status, mode, from, to, by, timezone, started_at: startedAt, ended_at: endedAt },
    parts: parts.map((name) => partOf(name, begun.get(name))),
  };
}

const partOf = (name: string, part: BackfillPart | undefined): Shown["parts"][number] => ({
  ...{ name, status: part?.status ?? "waiting", rows: part?.rows ?? null },
  ...{ run_id: part?.attempts.at(-1)?.runId ?? null, error: part?.error ?? null },
});
