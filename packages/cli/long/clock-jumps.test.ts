/**
 * `tapline serve`, as a process with its runs, on a machine whose clock jumps (libfaketime): forward over due times, back before them, and
 * forward again. Each due time runs once, also when the clock passes it twice; those that were jumped over run or are recorded as missed, as
 * the schedule says. Timers of the process go on as they are.
 * Covers: packages/server/src, packages/cli/src/serve-project.ts, packages/runner/src/ticks
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openProject, openStore, type Tick } from "@tapline/runner";
import { expect, test } from "vitest";
import { runsOf } from "../test/server.ts";
import { makeProject, start, until } from "../test/tapline.ts";
import bars from "./clock-jumps.bars.json" with { type: "json" };

const libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64"].map((path) =>
  join(path, "faketime/libfaketimeMT.so.1"),
);
const library = libraries.find((path) => existsSync(path));
const hourMs = 3_600_000;
/** Between two due times. */
const halfMs = hourMs / 2;

test("each due time once, however the clock jumps", async () => {
  expect(library, `libfaketime is not installed (apt-get install faketime); looked for ${libraries.join(", ")}`).toBeDefined();
  const folder = makeProject({ rows: 3 });
  const path = join(folder, "tapline.yml");
  const hourly = { cron: "0 * * * *", job: "pipe" };
  const schedules = [
    { ...hourly, name: "all", missed: "all" },
    { ...hourly, name: "latest", missed: "latest" },
  ];
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), schedules, max_concurrent_runs: 1 }));
  const offset = join(folder, "clock");
  /** Seconds that the server's clock is ahead of this one. */
  let ahead = 0;
  const setClock = (to: number): void => {
    ahead = Math.round((to - Date.now()) / 1000);
    writeFileSync(offset, `${ahead < 0 ? "" : "+"}${ahead}\n`);
  };
  const first = Math.ceil(Date.now() / hourMs) * hourMs;
  setClock(first - halfMs);
  const server = start(folder, ["serve", "--port", "0", "--json"], "", {
    ...{ LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: offset, FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1" },
  });
  let heard = "";
  server.child.stdout?.on("data", (text: Buffer) => {
    heard += text.toString();
  });
  const told = (type: string): number => heard.split(`"type":"${type}"`).length - 1;
  await until(() => told("listening") === 1, "the server listens", 60_000);
  const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await pause(bars.quiet_seconds);
  expect(runsOf(folder)).toEqual([]);
  const dueTimes = (name: string): number[] =>
    runsOf(folder).flatMap(({ trigger }) => (trigger.kind === "schedule" && trigger.name === name ? [Date.parse(trigger.due_at)] : []));
  const ended = (count: number, what: string): Promise<void> =>
    until(() => runsOf(folder).filter(({ status }) => status === "done").length === count && told("ended") === count, what, 120_000);

  setClock(first + 10_000);
  await ended(2, "both ran after the jump over one due time");
  setClock(first - 5000);
  // The clock passes the due time a second time, and half a minute of it.
  await pause(5 + bars.quiet_seconds);
  expect([dueTimes("all"), dueTimes("latest")]).toEqual([[first], [first]]);

  setClock(first + 3 * hourMs + 10_000);
  await ended(2 + 3 + 1, "three ran, and the latest one of three");
  setClock(first + hourMs - 5000);
  await pause(5 + bars.quiet_seconds);
  server.child.kill("SIGTERM");
  expect((await server.answer).code).toBe(0);

  const all = [0, 1, 2, 3].map((hours) => first + hours * hourMs);
  expect(dueTimes("all").sort()).toEqual(all);
  expect(dueTimes("latest").sort()).toEqual([first, all[3]]);
  await using store = await openStore(openProject(folder), "dev");
  const lists = await Promise.all(schedules.map(({ name }) => store.facts.list<Tick>("tick", { prefix: `${name}/` })));
  const ticks = lists.flat().map(({ value }) => value);
  expect(ticks.filter(({ status }) => status !== "done")).toHaveLength(bars.ticks_not_done);
  expect(ticks).toHaveLength(6);
  expect(ticks.find(({ name, dueAt }) => name === "latest" && Date.parse(dueAt) === all[3])?.missed).toMatchObject({ count: 2 });
}, 600_000);
