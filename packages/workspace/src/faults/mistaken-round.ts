/** One round of a mistake: a run, the mistake, the run after it, and one of the ways out, with the tables checked at each point. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PostgresServer } from "@tapline/testing/postgres";
import { type Ended, lastJsonLine, run } from "../command.ts";
import { differences } from "./bars.ts";
import { type DamagedDatabase, damagedDuckdb, damagedPostgres } from "./damage.ts";
import { writeProject } from "./load.ts";
import type { Mistake } from "./mistakes.ts";
import { randomFrom } from "./random.ts";
import type { Settings } from "./settings.ts";
import { type Source, streamNames } from "./source.ts";

export interface MistakenRound {
  mistake: Mistake;
  settings: Settings;
  /** The seed of all rounds. */
  seed: string;
  number: number;
  server: PostgresServer;
}

const rowsPerRun = 1000;

/** @throws Error that lists what is wrong */
export async function runMistakenRound(round: MistakenRound): Promise<void> {
  const { mistake, settings, server } = round;
  const folder = mkdtempSync(join(tmpdir(), "mistakes-"));
  await using database = settings.target === "duckdb" ? damagedDuckdb(folder) : await damagedPostgres(server);
  try {
    const project = openProject(round, folder, database);
    await project.loadMore("the first run");
    const { streams, configure } = project;
    const scene = { folder, database, streams, configure, loadMore: () => project.loadMore("a run before the mistake") };
    await mistake.make(scene);
    project.addRows();
    if (mistake.refusals.length === 0) return await project.load("the run after the mistake", [["RUN"]]);
    await project.refuse(mistake.refusals);
    const way = mistake.ways[round.number % mistake.ways.length];
    mistake.undo?.(scene);
    await project.load("the way out", way ?? [["RUN"]]);
    await project.loadMore("the run after that");
  } catch (error) {
    throw new Error(`${describeMistake(round)}\n${(error as Error).message}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Project {
  streams: string[];
  addRows(): void;
  configure(settings: Record<string, unknown>): void;
  /** More rows are in the source; one run loads them. */
  loadMore(when: string): Promise<void>;
  /** Runs the commands; then the tables must equal the source. */
  load(when: string, commands: readonly string[][]): Promise<void>;
  /** A run must fail with one of these codes, and change nothing. */
  refuse(codes: readonly string[]): Promise<void>;
}

function openProject({ settings, seed, number, mistake }: MistakenRound, folder: string, { place }: DamagedDatabase): Project {
  const random = randomFrom(`${seed}, ${mistake.name}, round ${number}`);
  const { streams, state_every, target: kind, method, commit_after_ms, batch_size_rows, batch_max_bytes } = settings;
  const fixed = { keys: 400, row_bytes: 60, part_rows: 50, pause_ms: 0, state_bytes: 0, log: join(folder, "tap.log") };
  const source: Source = { ...fixed, seed: random.below(2 ** 31), rows: 0, streams, state_every };
  const target = `target-${kind}` as const;
  let config = { ...place.config, load_method: method, exactly_once: "require", commit_after_ms, batch_size_rows, batch_max_bytes };
  const tapline = async (words: readonly string[]): Promise<Ended> => {
    writeProject({ folder, tap: streams === 1 ? "tap-one" : "tap-three", target, source, config });
    const args = words.flatMap((word) =>
      word === "RUN" ? ["run", "tap-faults", target, "--json"] : word === "ID" ? [`dev:tap-faults-to-${target}`] : [word],
    );
    return await run("tapline", args, { cwd: folder });
  };
  const held = async () => (await Promise.all(streamNames(source).map(place.rows))).flat();
  const project: Project = {
    streams: streamNames(source),
    addRows() {
      source.rows += rowsPerRun;
    },
    configure(changed) {
      config = { ...config, ...changed };
    },
    async loadMore(when) {
      project.addRows();
      await project.load(when, [["RUN"]]);
    },
    async load(when, commands) {
      for (const words of commands) {
        const { code, stdout, stderr } = await tapline(words);
        if (code !== 0)
          throw new Error(`${when}: ${words.join(" ")} ended with ${code}\n${JSON.stringify(lastJsonLine(stdout))}\n${stderr}`);
      }
      const wrong = differences(await held(), source, method, []);
      if (wrong.length > 0) throw new Error(`${when} ended with 0, and ${wrong.join("; ")}`);
    },
    async refuse(codes) {
      const before = JSON.stringify((await held()).sort((a, b) => a.n - b.n));
      const { code, stdout, stderr } = await tapline(["RUN"]);
      const output = `${JSON.stringify(lastJsonLine(stdout))}\n${stderr}`;
      if (code === 0) throw new Error(`the run after the mistake ended with 0\n${output}`);
      if (!codes.includes(errorCodeOf(stdout)))
        throw new Error(`the run after the mistake failed without ${codes.join(" or ")}\n${output}`);
      if (JSON.stringify((await held()).sort((a, b) => a.n - b.n)) !== before)
        throw new Error(`the run that was refused changed a table\n${output}`);
    },
  };
  return project;
}

/** The code of the error in the last line of `tapline run --json`. */
function errorCodeOf(stdout: string): string {
  const { error } = lastJsonLine(stdout) as { error?: { code?: string } };
  return error?.code ?? "";
}

export const describeMistake = ({ mistake, settings, seed, number }: MistakenRound): string =>
  `${mistake.name}, round ${number}, ${JSON.stringify(settings)}
again: FAULTS_SEED=${seed} FAULTS_ROUNDS=${number} npx vitest run packages/workspace/src/faults -t "${mistake.name} > round ${number}$"`;
