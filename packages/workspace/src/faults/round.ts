/**
 * One round: a load with drawn settings is struck by a fault, once or twice, then left in peace until it is done. After
 * each end the bars are looked at; what is wrong comes as one error with the seed that brings the round back.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { PostgresServer } from "@tapline/testing/postgres";
import { differences, redoneTooMuch, stateAhead, tornCut } from "./bars.ts";
import type { Fault } from "./faults.ts";
import { type LoadEnd, startLoad, temporaryFolder } from "./load.ts";
import { duckdbMemory, tooMuchMemory, watchMemory } from "./memory.ts";
import { duckdbPlace, type Place, postgresPlace } from "./place.ts";
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

/** A load that takes longer hangs. */
const limitMs = 90_000;
/** How long the plugins may outlive the runner: as long as a target may take to stop, and some. */
const outliveMs = 15_000;

/** How often the fault met the load. A load that is over before its fault comes proves nothing, so the round is begun again. @throws what is wrong */
export async function runRound(round: Round): Promise<number> {
  for (let turn = 1; turn <= 10; turn++) {
    const struck = await tryRound(round, randomFrom(`${round.seed}, ${round.fault.name}, round ${round.number}, ${turn}`));
    if (struck > 0) return struck;
  }
  throw new Error(`${describe(round)}: the fault never met a load that was running`);
}

async function tryRound(round: Round, random: Random): Promise<number> {
  const { settings, server } = round;
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  await using place = settings.target === "duckdb" ? duckdbPlace(folder) : await postgresPlace(server);
  try {
    const source = sourceOf(round, folder, random);
    const told: number[] = [];
    let struck = 0;
    let sawEnd = false;
    for (let end: LoadEnd | undefined; ; ) {
      const isStruck = struck < settings.strikes && told.length < settings.strikes;
      const attempt = await runOnce(round, { folder, place, source, random, isStruck, before: end });
      end = attempt.end;
      sawEnd ||= end.codes.target === 0;
      const isDone = Object.values(end.codes).every((code) => code === 0);
      const wrong = attempt.isHasty ? [] : await judge(round, place, source, folder, { ...attempt, isDone, sawEnd, told });
      if (wrong.length > 0)
        throw new Error(
          `${describe(round)}\n${wrong.join("\n")}\nthe programs ended with ${JSON.stringify(end.codes)} and said\n${end.said}`,
        );
      if (attempt.isHit) struck++;
      if (isDone) return struck;
      told.push(numberIn(end.state));
    }
  } finally {
    for (const { pid } of processesOf(basename(folder))) signal(pid, "SIGKILL");
    rmSync(folder, { recursive: true });
  }
}

interface Attempt {
  end: LoadEnd;
  isHit: boolean;
  /** Its plugins may still be working, so nothing can be said about the database yet. */
  isHasty: boolean;
  /** What went wrong that only shows while it runs. */
  wrong: string[];
}

interface Plan {
  folder: string;
  place: Place;
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

/** What was before. */
interface Course {
  isDone: boolean;
  /** In a plain pipe a target takes the end of a dead tap for the end of everything. */
  sawEnd: boolean;
  /** By the STATEs of loads that did not end well. */
  told: readonly number[];
}

async function judge(
  { fault, settings }: Round,
  place: Place,
  source: Source,
  folder: string,
  { end, isHit, wrong, isDone, sawEnd, told }: Attempt & Course,
): Promise<string[]> {
  const state = numberIn(end.state);
  const held = (await Promise.all(streamNames(source).map(place.rows))).flat();
  const sayingZero = isDone ? "it" : isHit && fault.ends !== undefined && end.codes[fault.ends] === 0 ? `the ${fault.ends}` : undefined;
  const untrue =
    sayingZero === undefined
      ? []
      : [
          ...differences(held, source, settings.method, settings.way === "pipe" ? told : []),
          ...(state === source.rows ? [] : [`the last STATE says ${state} of ${source.rows}`]),
        ].map((each) => `${sayingZero} ended with 0, and ${each}`);
  const wasInPeace = !isHit || fault.survives === true;
  return [
    ...wrong,
    ...stateAhead(held, source, settings.method, state),
    ...(sawEnd ? [] : tornCut(held, source, settings.method)),
    ...redoneTooMuch(readLog(source.log), settings),
    ...untrue,
    ...(!isDone && wasInPeace ? ["it failed, and nothing had been done to it"] : []),
    ...(isDone ? await remains(place, source, folder) : []),
  ];
}

/** Tables, folders and files that nobody needs any more. */
async function remains(place: Place, source: Source, folder: string): Promise<string[]> {
  const known = new Set([...streamNames(source), "_tapline_loads"]);
  const tables = (await place.tables()).filter((name) => !known.has(name)).map((name) => `table ${name} is left`);
  const files = [temporaryFolder(folder), join(folder, ".tapline/runs")].flatMap((path) =>
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

/** Node keeps compiled code beside temporary files, one folder for all programs. */
const isOurs = (name: string): boolean => name !== "node-compile-cache";
