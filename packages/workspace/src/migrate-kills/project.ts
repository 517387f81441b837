/** A project that migrates the sales example from PostgreSQL to a DuckDB file, for tests with real processes and kills. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { connectPostgres, type DatabaseAddress } from "@tapline/testing/postgres";
import { bin, type Ended, run } from "../command.ts";
import { root } from "../repository.ts";

export interface Volume {
  customers: number;
  products: number;
  orders: number;
}

export interface MigrationProject extends Disposable {
  folder: string;
  /** The file of the new side. */
  duckdb: string;
  tapline(...args: string[]): Promise<Ended>;
  /** Starts the command, and kills it, or a plugin that it started, after some milliseconds. @returns whether it was still at work */
  kill(args: readonly string[], afterMs: number, whom: "tapline" | "plugin"): Promise<boolean>;
  /** Forgets everything: neither the store nor the new side is there any more. */
  startOver(): void;
}

interface Sales {
  makeSales(client: unknown, volume: Volume): Promise<void>;
  workOneDay(client: unknown, volume: Volume, day: number): Promise<string>;
}

const sales = (): Promise<Sales> => import(pathToFileURL(join(root, "examples/postgres-to-snowflake/sales.mjs")).href) as Promise<Sales>;

export async function makeSales(database: DatabaseAddress, volume: Volume): Promise<void> {
  const client = await connectPostgres(database);
  try {
    await (await sales()).makeSales(client, volume);
  } finally {
    await client.end();
  }
}

export async function workOneDay(database: DatabaseAddress, volume: Volume, day: number): Promise<void> {
  const client = await connectPostgres(database);
  try {
    await (await sales()).workOneDay(client, volume, day);
  } finally {
    await client.end();
  }
}

export function migrationProject({ host, port, user, password, database }: DatabaseAddress): MigrationProject {
  const folder = mkdtempSync(join(tmpdir(), "tapline-migrate-"));
  const duckdb = join(folder, "new.duckdb");
  const plugin = (name: Parameters<typeof bin>[0], config: object) => ({ executable: bin(name), config });
  const project = {
    plugins: {
      "tap-postgres": {
        ...plugin("tap-postgres", { host, port, user, password: "$OLD_PASSWORD", database, filter_schemas: ["sales"] }),
        metadata: {
          "sales-*": { "replication-method": "INCREMENTAL", "replication-key": "updated_at" },
          "sales-products": { "replication-method": "FULL_TABLE", "replication-key": "sku" },
          "sales-open_orders": { "replication-method": "FULL_TABLE" },
        },
      },
      "target-duckdb": plugin("target-duckdb", { filepath: duckdb, default_target_schema: undefined, batch_size_rows: 20_000 }),
      "tap-duckdb": { executable: bin("tap-duckdb") },
      "target-parquet": { executable: bin("target-parquet"), config: { file_rows: 50_000 } },
    },
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(project));
  const env = { OLD_PASSWORD: password };
  const start = (args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [bin("tapline"), ...args], { cwd: folder, env: { ...process.env, ...env }, stdio: "ignore" });
  return {
    folder,
    duckdb,
    tapline: (...args) => run("tapline", args, { cwd: folder, env }),
    async kill(args, afterMs, whom) {
      const child = start(args);
      let struck = false;
      const timer = setTimeout(() => {
        const plugins = whom === "plugin" ? childrenOf(child.pid as number) : [];
        const victim = plugins[Math.floor(plugins.length / 2)] ?? child.pid;
        struck = victim !== undefined && tryKill(victim);
      }, afterMs);
      if (child.exitCode === null) await once(child, "exit");
      clearTimeout(timer);
      return struck;
    },
    startOver() {
      for (const name of [".tapline", "new.duckdb", "new.duckdb.wal"]) rmSync(join(folder, name), { recursive: true, force: true });
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function tryKill(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** Of Linux, where the suite runs. */
function childrenOf(parent: number): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return Number(fields[1]) === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
