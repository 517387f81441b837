/** How long answers and views of a large project take. The least of five: other programs on the machine only add. */
import type { Browser } from "playwright-core";
import { openPage } from "../browser.ts";
import { viewsOf } from "../views.ts";
import { heading, inPage } from "./scenario.ts";

const tries = 5;

/** Milliseconds by path. */
export async function measureAnswers(base: string): Promise<Record<string, number>> {
  const [{ run_id: run } = { run_id: "" }] = ((await (await fetch(`${base}/api/runs?limit=1`)).json()) as { runs: { run_id: string }[] })
    .runs;
  const filters = ["status=failed", "job=job-7", "trigger=schedule", "tag=team=team-3", "status=failed&job=job-7&tag=team=team-3"];
  const paths = [
    ...[
      "session",
      "pipelines",
      "pipelines?job=job-7",
      "runs?limit=50",
      `runs?limit=50&before=${run}`,
      ...filters.map((each) => `runs?${each}`),
    ],
    ...[
      `runs/${run}`,
      "streams",
      "streams?job=job-7",
      "stream?job=job-7&environment=dev&stream=stream-7-0",
      "states",
      "checks",
      "notices",
      "backfills",
    ],
    ...["lineage", "files", "rejects", "plugins"],
  ];
  const found: Record<string, number> = {};
  for (const path of paths) found[path] = await least(() => timeAnswer(`${base}/api/${path}`));
  return found;
}

async function timeAnswer(url: string): Promise<number> {
  const start = performance.now();
  const answer = await fetch(url);
  await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return performance.now() - start;
}

/** Milliseconds from the start of the navigation to the first paint, by path. */
export async function measureFirstPaint(browser: Browser, base: string): Promise<Record<string, number>> {
  const { page, problems } = await openPage(browser, base);
  const found: Record<string, number> = {};
  for (const view of await viewsOf(base)) {
    if (view.path.startsWith("/states/") || view.path.endsWith("/log")) continue;
    found[view.path] = await least(async () => {
      await page.goto(view.path);
      await heading(page, view.heading);
      return inPage<number>(page, firstPaint);
    });
  }
  await page.context().close();
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return found;
}

const firstPaint = `new Promise((resolve) => {
  new PerformanceObserver((list) => list.getEntriesByName("first-contentful-paint").forEach(({ startTime }) => resolve(startTime)))
    .observe({ type: "paint", buffered: true });
})`;

async function least(measure: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < tries; index++) times.push(await measure());
  return Math.round(Math.min(...times) * 10) / 10;
}
