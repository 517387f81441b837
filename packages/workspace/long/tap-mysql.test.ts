/**
 * Every type of MariaDB through tap-mysql into DuckDB and PostgreSQL, by a whole read and by the log: the values are those of the source. And
 * changes of MariaDB captured by `LOG_BASED` into DuckDB and PostgreSQL while writers work: updates of keys, large transactions, rollbacks,
 * TRUNCATE, ALTER TABLE and tables that are swapped, under kills of tap, target, runner and server at random moments. After two runs
 * without a fault every table equals the source by checksum. `FAULTS_SEED` repeats a run.
 * Covers: packages/protocol/src, packages/sdk/src/tap, packages/sql-tap/src, packages/runner/src, plugins/tap-mysql/src, packages/workspace/src/mysql-kills, packages/workspace/src/mysql-types.ts, packages/workspace/src/source-faults/compare-tables.ts, packages/workspace/long/tap-mysql.test.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMariadb, suiteMariadbServer } from "@tapline/testing/mariadb";
import { expect, onTestFinished, test } from "vitest";
import { bin, run } from "../src/command.ts";
import { duckdbRows } from "../src/duckdb.ts";
import { postgresDatabase } from "../src/faults/database.ts";
import { baseSeed } from "../src/faults/rounds.ts";
import { suiteServer } from "../src/faults/suite-server.ts";
import { runMysqlRound } from "../src/mysql-kills/round.ts";
import { typeCases } from "../src/mysql-types.ts";
import bars from "./tap-mysql.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

(await describeMariadb())("MariaDB", () => {
  const { server, database } = suiteMariadbServer({ settings: { "innodb-flush-log-at-trx-commit": "1", "sync-binlog": "1" } });
  const target = suiteServer();

  test.for(["target-duckdb", "target-postgres"] as const)("each type into %s, read whole and by the log", async (plugin, { task }) => {
    const source = await database();
    await using place = await postgresDatabase(target());
    const folder = mkdtempSync(join(tmpdir(), "mysql-types-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const filepath = join(folder, "copy.duckdb");
    const { host, port, user, password, database: name } = source;
    const tap = { host, port, user, password, database: name, default_replication_method: "LOG_BASED" };
    const plugins = {
      "tap-mysql": { executable: bin("tap-mysql"), config: tap },
      [plugin]: { executable: bin(plugin), config: plugin === "target-duckdb" ? { filepath } : place.config },
    };
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
    const load = async (): Promise<void> => {
      const { code, stderr } = await run("tapline", ["run", "tap-mysql", plugin], { cwd: folder });
      if (code !== 0) throw new Error(stderr.slice(-3000));
    };
    const insert = (from: number) =>
      typeCases.map(
        ({ values }, i) => `INSERT INTO t${i} VALUES ${["NULL", ...values].map((value, n) => `(${from + n}, ${value})`).join(", ")}`,
      );
    await source.read(...typeCases.map(({ type }, i) => `CREATE TABLE t${i} (id int PRIMARY KEY, v ${type})`), ...insert(0));
    await load();
    await source.read(...insert(100));
    await load();
    const isDuckdb = plugin === "target-duckdb";
    const wrong: string[] = [];
    for (const [
      i,
      { type, source: own = "CAST(v AS CHAR)", duckdb = "v", postgres = "v", same = (text: string) => text },
    ] of typeCases.entries()) {
      const from = `FROM "${name}".t${i} ORDER BY id`;
      const there = (await source.read(`SELECT ${own} FROM t${i} ORDER BY id`)).map(([value]) => value);
      const here = isDuckdb
        ? (await duckdbRows(filepath, `SELECT ${duckdb} AS v ${from}`)).map(({ v }) => v)
        : (await place.query(`SELECT (${postgres})::text ${from}`)).map(([value]) => value);
      const alike = (list: readonly (string | null | undefined)[]): string =>
        JSON.stringify(list.map((value) => (typeof value === "string" ? same(value) : null)));
      if (alike(there) !== alike(here)) wrong.push(`${type}: ${alike(there).slice(0, 300)} is ${alike(here).slice(0, 300)}`);
    }
    task.meta.result = { types: typeCases.length };
    expect(wrong).toEqual([]);
  });

  test.for(["DuckDB", "PostgreSQL"] as const)("changes into %s, under kills", { timeout: 3_600_000 }, async (into, { task }) => {
    const seed = baseSeed();
    const { kills, changes } = bars[into];
    const end = await runMysqlRound({ seed, into, server: server(), database: await database(), target: target(), kills, changes });
    task.meta.result = { seed, ...end };
    expect(Object.values(end.kills).reduce((total, count) => total + count, 0)).toBeGreaterThanOrEqual(kills);
    expect(end.changes).toBeGreaterThanOrEqual(changes);
    // Faults that no run noticed would show nothing.
    expect(end.failed).toBeGreaterThan(kills / 4);
    expect(end.alterations).toBeGreaterThan(0);
  });
});
