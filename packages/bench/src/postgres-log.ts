/**
 * PostgreSQL's log of changes -> Singer lines, compared with a bare reader of a slot that only counts; both read the same log, to its same
 * end, and write to /dev/null, without TLS and with it: the server sends each change in a record of its own, which costs both more than the
 * change.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { queryPostgres, startPostgres } from "@tapline/testing/postgres";
import { type Cost, measure, type Program } from "./measure.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { compare, interleave, type Result } from "./result.ts";

const counter = fileURLToPath(new URL("programs/count-changes.js", import.meta.url));

/** pgbench's tables, and one of orders. A call of `work` makes transactions of five changes. */
const tables = [
  "CREATE TABLE accounts (aid int PRIMARY KEY, bid int, abalance int, filler text)",
  "CREATE TABLE tellers (tid int PRIMARY KEY, bid int, tbalance int, filler text)",
  "CREATE TABLE branches (bid int PRIMARY KEY, bbalance int, filler text)",
  "CREATE TABLE history (hid bigint PRIMARY KEY, tid int, bid int, aid int, delta int, mtime timestamptz)",
  "CREATE TABLE orders (id bigint PRIMARY KEY, customer text, amount numeric(12, 2), status text, note text, placed timestamptz, day date, is_paid boolean)",
  "INSERT INTO accounts SELECT n, n % 10, 0, repeat('a', 84) FROM generate_series(1, 100000) AS n",
  "INSERT INTO tellers SELECT n, n % 10, 0, repeat('t', 84) FROM generate_series(1, 1000) AS n",
  "INSERT INTO branches SELECT n, 0, repeat('b', 84) FROM generate_series(1, 100) AS n",
  `CREATE PROCEDURE work(transactions int) LANGUAGE plpgsql AS $$ BEGIN
    FOR i IN 1 .. transactions LOOP
      UPDATE accounts SET abalance = abalance + i WHERE aid = 1 + i::bigint * 7919 % 100000;
      UPDATE tellers SET tbalance = tbalance + i WHERE tid = 1 + i % 1000;
      UPDATE branches SET bbalance = bbalance + 1 WHERE bid = 1 + i % 100;
      INSERT INTO history VALUES (i, i % 1000, i % 100, i % 100000, i % 77, clock_timestamp());
      IF i % 3 = 0 THEN UPDATE orders SET status = 'paid', is_paid = true WHERE id = i - 1;
      ELSIF i % 30 = 2 THEN DELETE FROM orders WHERE id = i - 4;
      ELSE INSERT INTO orders VALUES (i, 'customer "' || i % 5000 || '"', i * 0.25, 'new', repeat('n', i % 60), clock_timestamp(), '2024-01-01'::date + i % 365, false);
      END IF;
      COMMIT;
    END LOOP;
  END $$`,
];

/** `changes`: of rows, in transactions of five. */
export async function postgresLog(changes: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-postgres-log-"));
  await using server = await startPostgres({ settings: { wal_level: "logical", max_wal_size: "8GB", shared_buffers: "512MB" } });
  const { host, port, user, password } = server.address;
  const source = { ...server.address, database: "source" };
  const withConfig = (program: string, name: string, config: unknown, ...more: string[]): Program => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return [publishedPlugin(program), "--config", path, ...more];
  };
  const run = (...programs: Program[]): Promise<Cost> => measure(programs, folder, { PGPASSWORD: password });
  const reading = { ...source, default_replication_method: "LOG_BASED", replication_slot_name: "ours" };
  const tap = withConfig("tap-postgres", "tap", { ...reading, ssl_mode: "disable" });
  const tapWithTls = withConfig("tap-postgres", "tap-tls", { ...reading, ssl_mode: "require" });
  try {
    await queryPostgres({ ...source, database: "postgres" }, ["CREATE DATABASE source"]);
    await queryPostgres(source, [...tables, "SELECT pg_create_logical_replication_slot('bare', 'pgoutput')"]);
    const first = execFileSync(process.execPath, [...tap], { maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "ignore"] }).toString();
    const state = join(folder, "state.json");
    writeFileSync(state, JSON.stringify(JSON.parse(first.slice(first.lastIndexOf('{"type":"STATE"'))).value));
    log("writes the changes");
    await queryPostgres(source, [`CALL work(${changes / 5})`]);
    // Written to disk with all before it, which the bare reader then gets.
    const [[end]] = (await queryPostgres(source, ["SET synchronous_commit = on", "SELECT pg_logical_emit_message(true, 'bench', '')"])) as [
      [string],
    ];
    const url = `postgresql://${user}@${host}:${port}/source`;
    const bare: Program = [counter, url, "bare", "ours", end];
    const bareWithTls: Program = [counter, `${url}?sslmode=no-verify`, "bare", "ours", end];
    const counted = Number(execFileSync(process.execPath, [...bare], { env: { ...process.env, PGPASSWORD: password } }));
    if (counted < changes * 0.95) throw new Error(`the bare reader counted ${counted} of ${changes} changes`);
    const changed: Program = [...tap, "--state", state];
    const lines = execFileSync("bash", ["-c", `"$@" 2> /dev/null | grep -c '^{"type":"RECORD"'`, "bash", process.execPath, ...changed]);
    if (Number(lines) !== counted) throw new Error(`the tap sent ${Number(lines)} of ${counted} changes`);
    const steps = {
      bare: () => run(bare),
      tap: () => run(changed),
      "bare with TLS": () => run(bareWithTls),
      "tap with TLS": () => run([...tapWithTls, "--state", state]),
    };
    const costs = await interleave(steps, rounds, log);
    const beside = (step: string): [string, number] => [`bare reader of ${counted.toLocaleString("en")} changes`, costs.wall(step)];
    return [
      compare("tap-postgres of the log, wall", costs.wall("tap"), "s", beside("bare"), 2),
      compare("tap-postgres of the log with TLS, wall", costs.wall("tap with TLS"), "s", beside("bare with TLS"), 2),
      compare("tap-postgres of the log, peak memory", costs.peak("tap", "tap-postgres.js"), "MB", ["bar", 200], 1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
