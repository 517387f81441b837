/**
 * Back-fills a range while its command, its runs and their plugins are killed, and the job itself runs beside it. At the end the target has
 * the rows of the source, each once.
 */
import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@tapline/testing/seeded-random";
import { run, start } from "../command.ts";
import { marked, processesOf, signal } from "../faults/processes.ts";
import { type BackfillProject, makeProject, type ProjectOptions, type Way } from "./project.ts";

export interface KillOptions extends ProjectOptions {
  kills: number;
  seed: number;
}

export interface KillOutcome {
  /** What was killed, in order. */
  killed: Role[];
  /** Ends of commands that were not killed, with what they printed, where they are neither 0 nor 1. */
  odd: string[];
  /** Whether each back-fill left the job's state as it was, while the job did not run. */
  isBookmarkKept: boolean;
  missing: string[];
  extra: string[];
  rows: number;
  partitions: number;
}

export type Role = "command" | "run" | "tap" | "target";

const roles: readonly Role[] = ["command", "run", "tap", "target"];

export async function killBackfill(options: KillOptions): Promise<KillOutcome> {
  const project = await makeProject(options);
  const random = seededRandom(options.seed);
  const mark = `backfill-${options.seed}-${process.pid}`;
  const { folder } = project;
  const tapline = (...args: string[]) => run("tapline", args, { cwd: folder });
  try {
    const odd: string[] = [];
    const expectDone = async (what: string, ...args: string[]): Promise<void> => {
      const { code, stdout, stderr } = await tapline(...args);
      if (code !== 0) odd.push(`${what} ended with ${code}: ${stdout.slice(-500)} ${stderr.slice(-500)}`);
    };
    await expectDone("the first run", "run", "shop", "--quiet");
    if (options.way === "replace") {
      await expectDone("the first back-fill", "backfill", "shop", ...rangeOf(project, "month"), "--append");
      await spoil(project);
    }
    const args = ["backfill", "shop", ...rangeOf(project, "day"), "--parallel", "2", ...flagOf(options.way)];
    const state = async (): Promise<string> => (await tapline("state", "get", "dev:tap-postgres-to-target")).stdout;
    const killed: Role[] = [];
    let isBookmarkKept = true;
    for (let round = 0; killed.length < options.kills && round < 3 * options.kills; round++) {
      const before = await state();
      const runsJob = round % 2 === 1;
      const command = start("tapline", args, { cwd: folder, env: marked(mark), input: "" });
      const job = runsJob
        ? change(project, options.way, round).then(() => expectDone("a run of the job", "run", "shop", "--quiet"))
        : undefined;
      const role = roles[killed.length % roles.length] as Role;
      if (await strike(command.child, mark, role, 300 + random() * 3500)) killed.push(role);
      if (role === "command") await sleep(random() * 1500);
      else command.child.kill("SIGTERM");
      const { code, signal: ended, stdout, stderr } = await command.ended;
      if (![0, 1, 143].includes(code ?? -1) && ended !== "SIGKILL")
        odd.push(`a back-fill ended with ${code ?? ended}: ${stdout.slice(-500)} ${stderr.slice(-500)}`);
      await job;
      if (!runsJob && (await state()) !== before) isBookmarkKept = false;
    }
    await expectDone("the last back-fill", ...args);
    const shown = (await tapline(...args, "--json")).stdout;
    await expectDone("the last run", "run", "shop", "--quiet");
    const [source, target] = [await project.rowsOfSource(), onceAfter(project.to, await project.rowsOfTarget())];
    const [missing, extra] = [difference(source, target), difference(target, source)];
    const partitions = Number(/"done":(\d+)/.exec(shown)?.[1]);
    return { killed, odd, isBookmarkKept, missing, extra, rows: target.length, partitions };
  } finally {
    for (const { pid } of processesOf(mark)) signal(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

const rangeOf = ({ from, to }: BackfillProject, by: string): string[] => ["--from", from, "--to", to, "--by", by];

const flagOf = (way: Way): string[] => (way === "replace" ? ["--replace-range"] : way === "append" ? ["--append"] : []);

/** The target has other rows of the range than the source from now on. */
async function spoil({ sql }: BackfillProject): Promise<void> {
  await sql(
    "DELETE FROM orders WHERE id % 7 = 0 AND seen_at < '2026-01-20'; DELETE FROM events WHERE id % 7 = 0 AND seen_at < '2026-01-20'",
    "UPDATE orders SET v = 'changed' WHERE id % 5 = 0; UPDATE events SET v = 'changed' WHERE id % 5 = 0 AND seen_at < '2026-01-20'",
    "INSERT INTO events SELECT id + 100000, seen_at, 'late' FROM events WHERE id % 11 = 0 AND seen_at < '2026-01-20'",
  );
}

/** New rows for the job; where rows have a key and are not added, some rows of the range change, and so leave it. */
async function change({ sql, to }: BackfillProject, way: Way, round: number): Promise<void> {
  const at = `'${to}'::timestamptz + interval '1 day' + interval '${round} minutes'`;
  await sql(
    `INSERT INTO orders SELECT 1000000 + ${round} * 100 + n, ${at} + n * interval '1 second', 'new' FROM generate_series(1, 20) AS n`,
    `INSERT INTO events SELECT 1000000 + ${round} * 100 + n, (${at} + n * interval '1 second') AT TIME ZONE 'UTC', 'new' FROM generate_series(1, 20) AS n`,
    ...(way === "append"
      ? []
      : [
          `UPDATE orders SET v = 'moved ${round}', seen_at = ${at} + interval '30 seconds' + id * interval '1 microsecond' WHERE id % 40 = ${round}`,
        ]),
  );
}

/** Kills one process of the role at the moment, or when there is one. @returns false: the command ended before */
async function strike(command: ChildProcess, mark: string, role: Role, afterMs: number): Promise<boolean> {
  await sleep(afterMs);
  while (command.exitCode === null && command.signalCode === null) {
    if (signal(role === "command" ? command.pid : pidOf(mark, role), "SIGKILL")) return true;
    await sleep(20);
  }
  return false;
}

/** A run of a partition has its request on stdin. */
function pidOf(mark: string, role: Exclude<Role, "command">): number | undefined {
  const found = processesOf(mark);
  const isIt = role === "run" ? found.find(({ command }) => command.includes("--request")) : found.find((each) => each.role === role);
  return isIt?.pid;
}

/** The job reads rows that equal its bookmark again, so a table that it adds to has those twice. They are after the range. */
function onceAfter(to: string, rows: readonly string[]): string[] {
  const end = Date.parse(to) * 1000;
  const later = rows.filter((row) => Number(row.split("|")[2]) >= end);
  return [...rows.filter((row) => !later.includes(row)), ...new Set(later)];
}

/** With their numbers: a row that is there twice is an extra one. */
function difference(of: readonly string[], from: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const row of from) counts.set(row, (counts.get(row) ?? 0) + 1);
  return of.filter((row) => {
    const count = counts.get(row) ?? 0;
    counts.set(row, count - 1);
    return count < 1;
  });
}
