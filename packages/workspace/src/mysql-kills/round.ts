/**
 * Writers change tables of MariaDB while runs capture the changes, and at random moments of the runs the tap, the target, the runner or the
 * server is killed. Then the writers stop, a last run goes well, and the target must equal the source.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { MariadbDatabase, MariadbServer } from "@tapline/testing/mariadb";
import type { PostgresServer } from "@tapline/testing/postgres";
import { bin } from "../command.ts";
import { postgresDatabase } from "../faults/database.ts";
import { jobLimitMs, startJob } from "../faults/job.ts";
import { leftAfter, pidOf, processesOf, type Role, signal } from "../faults/processes.ts";
import { randomFrom } from "../faults/random.ts";
import { compareTables, type Query, rowsOfDuckdb } from "../source-faults/compare-tables.ts";
import { type Address, ask } from "../source-faults/source.ts";
import { makeTables, startMariadbWriter, type Written } from "./writer.ts";

export interface MysqlRound {
  seed: string;
  into: "PostgreSQL" | "DuckDB";
  server: MariadbServer;
  database: MariadbDatabase;
  target: PostgresServer;
  /** So many kills at least, and so many changed rows. */
  kills: number;
  changes: number;
}

export interface MysqlEnd extends Written {
  kills: Record<Role | "server", number>;
  runs: number;
  failed: number;
  rows: number;
}

/** @throws Error that says what is wrong */
export async function runMysqlRound({ seed, into, server, database, target, kills, changes }: MysqlRound): Promise<MysqlEnd> {
  const random = randomFrom(`${seed}, ${into}`);
  const folder = mkdtempSync(join(tmpdir(), "mysql-kills-"));
  const mark = basename(folder);
  await database.read(...makeTables);
  await using place = await postgresDatabase(target);
  const filepath = join(folder, "copy.duckdb");
  const plugin = into === "DuckDB" ? "target-duckdb" : "target-postgres";
  const config = into === "DuckDB" ? { filepath } : place.config;
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(projectOf(database, plugin, config)));
  const end: MysqlEnd = {
    kills: { tap: 0, target: 0, runner: 0, server: 0 },
    runs: 0,
    failed: 0,
    rows: 0,
    changes: 0,
    commits: 0,
    rollbacks: 0,
    alterations: 0,
  };
  const writers = ["a", "b"].map((name, i) => startMariadbWriter(database, randomFrom(`${seed}, writer ${name}`), i === 0));
  const sum = (of: (written: Written) => number): number => writers.reduce((total, { written }) => total + of(written), 0);
  const killed = (): number => Object.values(end.kills).reduce((total, count) => total + count, 0);
  const outputs: string[] = [];
  // With the kept catalog, so that a run meets tables that were altered since.
  const run = (): ReturnType<typeof startJob> => startJob(folder, { refreshes: false });
  let lengthMs = 4000;
  try {
    while (killed() < kills || sum(({ changes: some }) => some) < changes) {
      const began = performance.now();
      const job = run();
      await Promise.race([setTimeout(random.share() * lengthMs), job.ended]);
      const victim = random.pick<Role | "server">(["tap", "target", "runner", "server"]);
      if (killed() < kills && job.isRunning()) {
        if (victim === "server") await server.restart("SIGKILL");
        if (victim === "server" || signal(pidOf(mark, victim), "SIGKILL")) end.kills[victim]++;
      }
      const { code, hung, text } = await job.ended;
      outputs.push(text);
      if (hung) throw new Error(`a run did not end within ${jobLimitMs} ms`);
      end.runs++;
      if (code !== 0) end.failed++;
      else lengthMs = Math.max(1500, performance.now() - began);
      const orphans = await leftAfter(mark, 20_000);
      if (orphans.length > 0) throw new Error(`orphans: ${orphans.map(({ command }) => command).join(", ")}`);
    }
    for (const writer of writers) await writer.stop();
    end.changes = sum((written) => written.changes);
    end.commits = sum((written) => written.commits);
    end.rollbacks = sum((written) => written.rollbacks);
    end.alterations = sum((written) => written.alterations);
    // The first one may meet what an ALTER TABLE left for the next run.
    for (let calm = 0; calm < 2; calm++) {
      const { code, text } = await run().ended;
      outputs.push(text);
      end.runs++;
      if (code !== 0) throw new Error("a run without a fault failed");
    }
    const query =
      into === "DuckDB" ? (sql: string) => rowsOfDuckdb(filepath, sql) : (sql: string) => ask(place.config as unknown as Address, sql);
    const { wrong, rows } = await compare(database, query);
    end.rows = rows;
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    return end;
  } catch (error) {
    throw new Error(
      `${seed}: ${(error as Error).message}\n${outputs
        .slice(-8)
        .map((text) => text.slice(-2500))
        .join("\n---\n")}`,
    );
  } finally {
    for (const writer of writers) await writer.stop();
    for (const { pid } of processesOf(mark)) signal(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

function projectOf(
  { host, port, user, password, database }: MariadbDatabase,
  plugin: "target-duckdb" | "target-postgres",
  config: object,
): object {
  const tap = { host, port, user, password, database, default_replication_method: "LOG_BASED" };
  const loading = { hard_delete: true, commit_after_ms: 500 };
  return {
    plugins: {
      "tap-mysql": { executable: bin("tap-mysql"), config: tap },
      [plugin]: { executable: bin(plugin), config: { ...config, ...loading } },
    },
    jobs: { all: { steps: [`tap-mysql ${plugin}`], retry: { attempts: 1 } } },
  };
}

/** By a checksum over all columns that the source has. */
async function compare(source: MariadbDatabase, target: Query): Promise<{ wrong: string[]; rows: number }> {
  const columns = await source.read(
    "SET SESSION group_concat_max_len = 1000000",
    `SELECT table_name, GROUP_CONCAT(CONCAT('"', column_name, '"') ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = '${source.database}' GROUP BY 1`,
  );
  return compareTables(
    columns.map(([table, names]) => ({
      table: String(table),
      there: () => source.read(`SELECT ${names} FROM ${table}`),
      here: () => target(`SELECT ${names} FROM "${source.database}".${table}`),
    })),
  );
}
