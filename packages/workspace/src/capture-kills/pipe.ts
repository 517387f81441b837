/** A pipe that captures the changes of a source, in a project of its own. A test can kill each of its processes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { PostgresServer } from "@tapline/testing/postgres";
import { bin } from "../command.ts";
import { postgresDatabase } from "../faults/database.ts";
import { jobLimitMs, startJob } from "../faults/job.ts";
import { leftAfter, pidOf, processesOf, type Role, signal } from "../faults/processes.ts";
import { compareWithPostgres, rowsOfDuckdb } from "../source-faults/compare-tables.ts";
import { type Address, ask } from "../source-faults/source.ts";

export type Into = "PostgreSQL" | "DuckDB";
export type Job = ReturnType<typeof startJob>;

export interface CapturePipe extends AsyncDisposable {
  /** The ends of what its runs said. */
  outputs: string[];
  /** With the kept catalog, so that a run meets tables that were altered since. */
  start(options?: { follows?: boolean }): Job;
  /** False where no such process runs. */
  kill(role: Role): boolean;
  /** @returns its exit code. @throws where it hung, or left processes */
  end(job: Job): Promise<number | null>;
  /** The tables that the target does not hold exactly. */
  compare(): Promise<{ wrong: string[]; rows: number }>;
}

/** `target`: a server, for a database that is made there. */
export async function capturePipe(source: Address, into: Into, target: PostgresServer): Promise<CapturePipe> {
  const folder = mkdtempSync(join(tmpdir(), "capture-kills-"));
  const mark = basename(folder);
  const place = await postgresDatabase(target);
  const filepath = join(folder, "copy.duckdb");
  const project = into === "DuckDB" ? projectOf(source, "target-duckdb", { filepath }) : projectOf(source, "target-postgres", place.config);
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(project));
  const outputs: string[] = [];
  return {
    outputs,
    start: ({ follows = false } = {}) => startJob(folder, { refreshes: false, follows }),
    kill: (role) => signal(pidOf(mark, role), "SIGKILL"),
    async end(job) {
      const { code, hung, text } = await job.ended;
      outputs.push(text);
      if (hung) throw new Error(`a run did not end within ${jobLimitMs} ms`);
      const orphans = await leftAfter(mark, 20_000);
      if (orphans.length > 0) throw new Error(`orphans: ${orphans.map(({ command }) => command).join(", ")}`);
      return code;
    },
    compare: () =>
      compareWithPostgres(
        source,
        into === "DuckDB" ? (sql) => rowsOfDuckdb(filepath, sql) : (sql) => ask(place.config as unknown as Address, sql),
      ),
    async [Symbol.asyncDispose]() {
      for (const { pid } of processesOf(mark)) signal(pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
      await place[Symbol.asyncDispose]();
    },
  };
}

/** What taps are run with: the job `all`. */
export function projectOf(source: Address, plugin: "target-duckdb" | "target-postgres", config: object): object {
  const tap = { ...source, default_replication_method: "LOG_BASED" };
  const loading = { hard_delete: true, commit_after_ms: 500 };
  return {
    plugins: {
      "tap-postgres": { executable: bin("tap-postgres"), config: tap },
      [plugin]: { executable: bin(plugin), config: { ...config, ...loading } },
    },
    jobs: { all: { steps: [`tap-postgres ${plugin}`], retry: { attempts: 1 } } },
  };
}

/** @throws where a run that nothing disturbs fails. The first one may meet what an ALTER TABLE left for the next run. */
export async function calmRuns(pipe: CapturePipe): Promise<void> {
  for (let calm = 0; calm < 2; calm++) if ((await pipe.end(pipe.start())) !== 0) throw new Error("a run without a fault failed");
}

/** @throws Error with `head`, what went wrong, and what the last runs said */
export function failed(head: string, error: unknown, { outputs }: CapturePipe): Error {
  return new Error(`${head}: ${(error as Error).message}\n${outputs.map((text) => text.slice(-3000)).join("\n---\n")}`);
}
