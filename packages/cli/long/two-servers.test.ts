/**
 * Two servers side by side on one store in PostgreSQL, with real ticks each few seconds, while servers and runs are killed at random
 * moments. Each due time has one tick and one run that succeeded; none is missing. The ticks come every four seconds in place of an hour
 * of minutes.
 * Covers: packages/server/src, packages/cli/src/serve-project.ts, packages/runner/src/ticks, packages/runner/src/state, packages/runner/src/jobs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openHistory, openProject, openStore, type Tick } from "@tapline/runner";
import { testDatabase } from "@tapline/testing/postgres";
import { seededRandom } from "@tapline/testing/seeded-random";
import { expect, test } from "vitest";
import { makeProject, type Started, start } from "../test/tapline.ts";
import bars from "./two-servers.bars.json" with { type: "json" };

const cron = "*/4 * * * * *";

test("each due time once, under kills of servers and runs", async () => {
  const { host, port, user, password, database } = await testDatabase();
  const folder = makeProject({ rows: 5, pause_ms: 400 });
  const path = join(folder, "tapline.yml");
  const state = { backend: "postgres", url: `postgresql://${user}:${password}@${host}:${port}/${database}`, lease_seconds: 5 };
  const schedules = [{ name: "often", cron, job: "pipe", missed: "all" }];
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), state, schedules }));
  const random = seededRandom(bars.seed);
  const serve = (): Started => start(folder, ["serve", "--port", "0", "--json"]);
  const servers = [serve(), serve()];
  const runners = (): number[] => {
    using history = openHistory(folder);
    return history.runs({ limit: 5, status: "running" }).map(({ runner }) => runner.pid);
  };
  const end = Date.now() + bars.minutes * 60_000;
  let [killedServers, killedRuns] = [0, 0];
  while (Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 1000 + random() * 8000));
    const [pid] = runners();
    if (random() < 0.8 && pid !== undefined) {
      try {
        process.kill(pid, "SIGKILL");
        killedRuns++;
      } catch {
        // It ended since.
      }
    } else {
      const index = random() < 0.5 ? 0 : 1;
      servers[index]?.child.kill("SIGKILL");
      servers[index] = serve();
      killedServers++;
    }
  }
  // What is due is done before they are stopped.
  await using store = await openStore(openProject(folder), "dev");
  const ticks = async (): Promise<Tick[]> => (await store.facts.list<Tick>("tick", { prefix: "often/" })).map(({ value }) => value);
  const last = Date.now();
  const isCaughtUp = async (): Promise<boolean> =>
    (await ticks()).some(({ dueAt, endedAt }) => endedAt !== null && Date.parse(dueAt) > last);
  while (!(await isCaughtUp())) await new Promise((resolve) => setTimeout(resolve, 500));
  for (const { child } of servers) child.kill("SIGTERM");
  await Promise.all(servers.map(({ answer }) => answer));
  const found = (await ticks()).filter(({ endedAt }) => endedAt !== null);
  const times = found.map(({ dueAt }) => Date.parse(dueAt));
  expect(times.every((time, index) => index === 0 || time - (times[index - 1] as number) === 4000)).toBe(true);
  using history = openHistory(folder);
  const succeeded = new Map<string, number>();
  for (const { trigger, status } of history.runs({ limit: 100_000 }))
    if (trigger.kind === "schedule" && status === "done") succeeded.set(trigger.due_at, (succeeded.get(trigger.due_at) ?? 0) + 1);
  const failed = found.filter(({ status }) => status !== "done");
  for (const { attempts } of failed) expect(attempts.map((each) => each.end)).toEqual(["killed", "killed", "killed"]);
  expect([...succeeded.values()].filter((count) => count > 1)).toHaveLength(bars.ticks_with_two_successes);
  // The run that ended the tick is the last one; the others were killed, or stopped with their server.
  for (const { dueAt, status, attempts } of found)
    if (status === "done") expect([dueAt, attempts.map((each) => each.end).lastIndexOf(undefined)]).toEqual([dueAt, attempts.length - 1]);
  expect(succeeded.size).toBeGreaterThan(found.length * 0.9);
  expect(killedServers + killedRuns).toBeGreaterThanOrEqual(bars.kills);
  console.log(`${found.length} ticks, ${killedServers} kills of servers, ${killedRuns} of runs, ${failed.length} ticks killed three times`);
}, 7_200_000);
