/**
 * Rows that commit late, in seeded rounds of writers that overlap with runs of tap-postgres: where a mechanism applies no row is lost, and
 * where none does the run says so. Each round has writers that open, insert (also inside savepoints), roll back and commit in random order
 * around three runs that go on from each other's state; then all transactions end, and a last run must complete the table.
 * Covers: plugins/tap-postgres/src, packages/sql-tap/src, packages/postgres/src/copy-out.ts, packages/postgres/src/copy-lines.ts, plugins/tap-postgres/long/late-commits.test.ts
 */
import type { State } from "@tapline/sdk";
import { suiteDatabase } from "@tapline/testing/postgres";
import { seededRandom } from "@tapline/testing/seeded-random";
import { incremental } from "@tapline/testing/tap-run";
import pg from "pg";
import { expect, test } from "vitest";
import { discoverCatalog, runTap } from "../test/tap-run.ts";
import bars from "./late-commits.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const database = suiteDatabase();

/** The ways to find late rows, and what the replication key is. `none`: nothing applies, so a warning is due and losses are counted. */
const ways = {
  "server time": { column: "at timestamptz NOT NULL DEFAULT now()", value: "DEFAULT", config: {} },
  "server time in UTC": { column: "at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')", value: "DEFAULT", config: {} },
  "clock of the statement": { column: "at timestamptz DEFAULT clock_timestamp()", value: "DEFAULT", config: {} },
  "trigger, held by setting": { column: "at timestamptz", value: "now()", config: { late_rows: "hold" } },
  "sequence, scanned": { column: "at bigserial", value: "DEFAULT", config: { late_rows: "scan" } },
  "any number, scanned": { column: "at int NOT NULL", value: "random", config: { late_rows: "scan" } },
  "sequence, lookback": { column: "at bigserial", value: "DEFAULT", config: { lookback: 1000 } },
  none: { column: "at bigserial", value: "DEFAULT", config: {} },
} as const;

type Way = keyof typeof ways;

interface Round {
  lost: number;
  written: number;
  warned: boolean;
  failed: unknown;
}

async function round(way: Way, seed: number): Promise<Round> {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const { column, value, config } = ways[way];
  const table = `t${seed}`;
  const { host, port, user, password, database: name } = database();
  const clients = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = new pg.Client({ host, port, user, password, database: name });
      await client.connect();
      return client;
    }),
  );
  try {
    await database().read(`CREATE TABLE ${table} (id int PRIMARY KEY, ${column})`);
    const settings = { ...config, filter_tables: `public.${table}` };
    const stream = `public-${table}`;
    const catalog = incremental(await discoverCatalog(database(), settings), stream, "at");
    const got = new Set<number>();
    let state: State = {};
    let warned = false;
    let failed: unknown;
    const read = async (): Promise<void> => {
      const sent = await runTap(database(), { config: settings, catalog, state });
      for (const { id } of sent.rows(stream)) got.add(Number(id));
      state = sent.state;
      warned ||= sent.warnings.length > 0;
      failed ??= sent.thrown;
    };
    let id = 0;
    const open = new Set<pg.Client>();
    const step = async (): Promise<void> => {
      const client = clients[below(clients.length)] as pg.Client;
      if (!open.has(client)) {
        await client.query("BEGIN");
        // The time of a transaction is that of its first statement, which may be long before its first row.
        if (below(2) === 0) await client.query("SELECT now()");
        open.add(client);
      }
      const inside = below(3) === 0;
      if (inside) await client.query("SAVEPOINT s");
      const key = value === "random" ? String(below(1000)) : value;
      await client.query(`INSERT INTO ${table} (id, at) VALUES (${++id}, ${key})`);
      if (inside) await client.query(below(3) === 0 ? "ROLLBACK TO s" : "RELEASE s");
      if (below(3) === 0) {
        await client.query(below(5) === 0 ? "ROLLBACK" : "COMMIT");
        open.delete(client);
      }
    };
    for (let run = 0; run < 3; run++) {
      for (let steps = 4 + below(8); steps > 0; steps--) await step();
      await read();
    }
    for (const client of open) await client.query("COMMIT");
    await read();
    const written = (await database().read(`SELECT id FROM ${table}`)).map(([one]) => Number(one));
    const lost = written.filter((one) => !got.has(one));
    await database().read(`DROP TABLE ${table}`);
    return { lost: lost.length, written: written.length, warned, failed };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

test.for(Object.keys(ways) as Way[])("%s", async (way, { task }) => {
  const results: Round[] = [];
  const first = 1000 * Object.keys(ways).indexOf(way);
  for (let i = 0; i < bars.rounds / Object.keys(ways).length; i++) results.push(await round(way, first + i));
  const sum = (of: (result: Round) => number): number => results.reduce((total, result) => total + of(result), 0);
  const lost = sum((result) => result.lost);
  task.meta.result = { rounds: results.length, first_seed: first, rows: sum(({ written }) => written), lost };
  expect(results.map(({ failed }) => failed)).toEqual(results.map(() => undefined));
  expect(results.every(({ warned }) => warned === (way === "none"))).toBe(true);
  expect(sum(({ written }) => written)).toBeGreaterThan(results.length * 10);
  // Without a mechanism rows are lost: so the rounds do what they are meant to do.
  if (way === "none") expect(lost).toBeGreaterThan(0);
  else expect(lost).toBe(0);
});
