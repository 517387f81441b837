/**
 * One round: a load with random settings meets a fault once or twice, and is then run until it completes. Each time it ends,
 * the bars are checked. A failure is one error that names the seed which repeats the round.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { PostgresServer } from "@tapline/testing/postgres";
import { differences, redoneTooMuch, stateAhead, tornCut } from "./bars.ts";
import { duckdbDatabase, postgresDatabase, type RoundDatabase } from "./database.ts";
import type { Fault } from "./faults.ts";
import { type LoadEnd, startLoad, temporaryFolder } from "./load.ts";
import { duckdbMemory, tooMuchMemory, watchMemory } from "./memory.ts";
import { leftAfter, processesOf, signal } from "./processes.ts";
import { type Random, randomFrom } from "./random.ts";
import type { Settings } from "./settings.ts";
import { numberIn, readLog, type Source, streamNames } from "./source.ts";

export interface Round {
  fault: Fault;
  settings: Settings;
  /** The seed of all rounds. */
  seed: string;
  number: number;
  server: PostgresServer;
}

/** A load that runs longer counts as hung. */
const limitMs = 90_000;
/** How long plugins may keep running after the runner ended: the time a target may take to stop, plus a margin. */
const outliveMs = 15_000;

/** Returns how often the fault hit the load. A load that ended before its fault proves nothing, so the round is then repeated. @throws Error that lists what is wrong */
export async function runRound(round: Round): Promise<number> {
  for (let turn = 1; turn <= 10; turn++) {
    const struck = await tryRound(round, randomFrom(`${round.seed}, ${round.fault.name}, round ${round.number}, ${turn}`));
    if (struck > 0) return struck;
  }
  throw new Error(`${describe(round)}: the fault never hit a running load`);
}

async function tryRound(round: Round, random: Random): Promise<number> {
  const { settings, server } = round;
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  await using place = settings.target === "duckdb" ? duckdbDatabase(folder) : await postgresDatabase(server);
  try {
    const source = sourceOf(round, folder, random);
    const earlierStates: number[] = [];
    let struck = 0;
    let sawEnd = false;
    for (let end: LoadEnd | undefined; ; ) {
      const isStruck = struck < settings.strikes && earlierStates.length < settings.strikes;
      const attempt = await runOnce(round, { folder, place, source, random, isStruck, before: end });
      end = attempt.end;
      sawEnd ||= end.codes.target === 0;
      const isDone = Object.values(end.codes).every((code) => code === 0);
      const wrong = attempt.isHasty ? [] : await judge(round, place, source, folder, { ...attempt, isDone, sawEnd, earlierStates });
      if (wrong.length > 0)
        throw new Error(
          `${describe(round)}\n${wrong.join("\n")}\nthe programs ended with ${JSON.stringify(end.codes)} and printed\n${end.output}`,
        );
      if (attempt.isHit) struck++;
      if (isDone) return struck;
      earlierStates.push(numberIn(end.state));
    }
  } finally {
    for (const { pid } of processesOf(basename(folder))) signal(pid, "SIGKILL");
    rmSync(folder, { recursive: true });
  }
}

interface Attempt {
  end: LoadEnd;
  isHit: boolean;
  /** Its plugins may still be working, so the database is not checked yet. */
  isHasty: boolean;
  /** Problems that can only be seen while the load runs. */
  wrong: string[];
}

interface Plan {
  folder: string;
  place: RoundDatabase;
  source: Source;
  random: Random;
  isStruck: boolean;
  before: LoadEnd | undefined;
}

async function runOnce({ fault, settings, server }: Round, plan: Plan): Promise<Attempt> {
  const { folder, place, random, isStruck, before } = plan;
  const from = numberIn(before?.state);
  const cut = isStruck ? fault.cut?.(random) : undefined;
  const after = from + 1 + random.below(plan.source.rows - from);
  const source: Source = cut === undefined ? plan.source : { ...plan.source, cut: { ...cut, after } };
  const mark = basename(folder);
  const load = startLoad(
    {
      folder,
      mark,
      way: settings.way,
      tap: settings.streams === 1 && fault.cut === undefined ? "tap-one" : "tap-three",
      target: `target-${settings.target}`,
      source,
      config: {
        ...place.config,
        ...(settings.target === "duckdb" ? { memory_limit: duckdbMemory } : {}),
        load_method: settings.method,
        ...(settings.way === "runner" ? { exactly_once: "require" } : {}),
        commit_after_ms: settings.commit_after_ms,
        batch_size_rows: settings.batch_size_rows,
        batch_max_bytes: settings.batch_max_bytes,
      },
      state: settings.way === "pipe" ? before?.state : undefined,
    },
    limitMs,
  );
  const peaks = fault.survives === true ? watchMemory(load) : undefined;
  const isHit = isStruck && (await fault.strike({ load, place, server, source, from, random }));
  const end = await load.ended;
  if (isHit && fault.leavesPlugins === true && random.share() < 0.5) return { end, isHit, isHasty: true, wrong: [] };
  const left = await leftAfter(mark, outliveMs);
  const wrong = [
    ...(end.hung ? [`hang: it did not end within ${limitMs} ms`] : []),
    ...left.map(({ pid, command }) => `orphan: process ${pid} is still there after ${outliveMs} ms: ${command}`),
    ...(peaks === undefined ? [] : tooMuchMemory(await peaks, settings)),
  ];
  return { end, isHit, isHasty: false, wrong };
}

/** What happened up to here. */
interface Course {
  isDone: boolean;
  /** In a plain pipe a target mistakes the end of a killed tap for the end of the input. */
  sawEnd: boolean;
  /** Row numbers in the last STATEs of the loads that failed. */
  earlierStates: readonly number[];
}

async function judge(
  { fault, settings }: Round,
  place: RoundDatabase,
  source: Source,
  folder: string,
  { end, isHit, wrong, isDone, sawEnd, earlierStates }: Attempt & Course,
): Promise<string[]> {
  const state = numberIn(end.state);
  const held = (await Promise.all(streamNames(source).map(place.rows))).flat();
  const sayingZero = isDone ? "it" : isHit && fault.ends !== undefined && end.codes[fault.ends] === 0 ? `the ${fault.ends}` : undefined;
  const untrue =
    sayingZero === undefined
      ? []
      : [
          ...differences(held, source, settings.method, settings.way === "pipe" ? earlierStates : []),
          ...(state === source.rows ? [] : [`the last STATE covers ${state} of ${source.rows} rows`]),
        ].map((each) => `${sayingZero} ended with 0, and ${each}`);
  const wasUndisturbed = !isHit || fault.survives === true;
  return [
    ...wrong,
    ...stateAhead(held, source, settings.method, state),
    ...(sawEnd ? [] : tornCut(held, source, settings.method)),
    ...redoneTooMuch(readLog(source.log), settings),
    ...untrue,
    ...(!isDone && wasUndisturbed ? ["it failed without a fault"] : []),
    ...(isDone ? await remains(place, source, folder) : []),
  ];
}

/** Tables, folders and files that should have been removed. */
async function remains(place: RoundDatabase, source: Source, folder: string): Promise<string[]> {
  const known = new Set([...streamNames(source), "_tapline_loads"]);
  const tables = (await place.tables()).filter((name) => !known.has(name)).map((name) => `table ${name} is left`);
  const files = [temporaryFolder(folder), join(folder, ".tapline/running")].flatMap((path) =>
    existsSync(path)
      ? readdirSync(path)
          .filter(isOurs)
          .map((name) => `${join(path, name)} is left`)
      : [],
  );
  return [...tables, ...files];
}

function sourceOf({ fault, settings }: Round, folder: string, random: Random): Source {
  return {
    seed: random.below(2 ** 31),
    rows: 6000,
    streams: settings.streams,
    keys: 2000,
    row_bytes: 300,
    part_rows: 50,
    pause_ms: 8,
    state_bytes: 0,
    ...fault.source,
    state_every: settings.state_every,
    log: join(folder, "tap.log"),
  };
}

export const describe = ({ fault, settings, seed, number }: Round): string =>
  `${fault.name}, round ${number}, ${JSON.stringify(settings)}
again: FAULTS_SEED=${seed} FAULTS_ROUNDS=${number} npx vitest run packages/workspace/src/faults -t "${fault.name} > round ${number}$"`;

/** Node keeps its compile cache in the temporary folder; it belongs to no load. */
const isOurs = (name: string): boolean => name !== "node-compile-cache";
