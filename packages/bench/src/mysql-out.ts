/**
 * MariaDB -> Singer lines, compared with MariaDB's own client that writes the same table as text; then beside PipelineWise's tap, which reads
 * it once. All write to /dev/null.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queryMariadb, startMariadb } from "@tapline/testing/mariadb";
import { type Cost, measure, type Program } from "./measure.ts";
import { peerProgram, version } from "./peers/environments.ts";
import { publishedPlugin } from "./published-plugin.ts";
import { Costs, compare, describeCost, interleave, type Result } from "./result.ts";

const table = `CREATE TABLE source.invoices (id int PRIMARY KEY, number bigint NOT NULL, customer int, amount decimal(12,2), rate decimal(10,4), weight double,
  name varchar(40), city varchar(40), digest varchar(60), note text, kind varchar(20), is_paid tinyint(1), pieces int, issued date, due datetime, changed timestamp NULL)`;
const fill = (rows: number) => `INSERT INTO source.invoices SELECT seq, seq * 1000003, seq * 7 % 1000, seq / 4, seq / 8, seq / 7,
  CONCAT('name ', seq), CONCAT('city "', seq % 1000, '"'), MD5(seq), REPEAT('x', seq % 80), CONCAT('kind ', seq % 7), seq % 2, IF(seq % 10 = 0, NULL, seq),
  '2024-01-01' + INTERVAL seq % 365 DAY, '2024-01-01' + INTERVAL seq SECOND, '2024-01-01' + INTERVAL seq SECOND FROM seq_1_to_${rows}`;

export async function mysqlOut(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-mysql-out-"));
  await using server = await startMariadb({ settings: { "innodb-buffer-pool-size": "512M" } });
  const { address, binaries } = server;
  const { host, port, user, password } = address;
  const run = (...programs: Program[]): Promise<Cost> =>
    measure(programs, folder, { ...(binaries.env as Record<string, string>), MYSQL_PWD: password });
  const withConfig = (program: string, name: string, config: unknown): Program => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return [program, "--config", path];
  };
  const connection = { host, port, user, password };
  const tap = withConfig(publishedPlugin("tap-mysql"), "tap", { ...connection, filter_schemas: ["source"] });
  const client: Program = [
    binaries.client ?? "mariadb",
    "--no-defaults",
    `-u${user}`,
    `-h${host}`,
    `-P${port}`,
    "--batch",
    "--quick",
    "-e",
    "SELECT * FROM source.invoices",
  ];
  try {
    await queryMariadb(address, ["CREATE DATABASE source", "USE source", table, fill(rows), "ANALYZE TABLE source.invoices"]);
    const costs = await interleave({ client: () => run(client), tap: () => run(tap) }, rounds, log);
    return [
      compare("tap-mysql, wall", costs.wall("tap"), "s", ["mariadb --batch --quick", costs.wall("client")], 1.5),
      compare("tap-mysql, peak memory", costs.peak("tap", "tap-mysql.js"), "MB", ["bar", 250], 1),
      await besidePipelinewise(costs.wall("tap"), { run, withConfig, connection, folder, log }),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface PeerTools {
  run(...programs: Program[]): Promise<Cost>;
  withConfig(program: string, name: string, config: unknown): Program;
  connection: object;
  folder: string;
  log(line: string): void;
}

const peer = "pipelinewise-tap-mysql";

/** It runs once: it needs a minute. */
async function besidePipelinewise(ours: number, { run, withConfig, connection, folder, log }: PeerTools): Promise<Result> {
  const beside = `${peer} ${version(peer)}`;
  try {
    const line = withConfig(peerProgram(peer, "tap-mysql"), "peer", { ...connection, filter_dbs: "source" });
    const once = new Costs();
    const cost = await run([...line, "--properties", selectAll(line, folder)]);
    log(`${beside}: ${describeCost(cost)}`);
    once.add("peer", cost);
    return compare("tap-mysql, wall", ours, "s", [beside, once.wall("peer")], 0.2);
  } catch (error) {
    const reason = (error as Error).message.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
    return { name: "tap-mysql, wall", beside, verdict: "not run", reason };
  }
}

/** Its catalog with all of the table selected. */
function selectAll([file, ...args]: Program, folder: string): string {
  const catalog = JSON.parse(execFileSync(file, [...args, "--discover"], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })) as {
    streams: { metadata: { breadcrumb: string[]; metadata: Record<string, unknown> }[] }[];
  };
  for (const { metadata } of catalog.streams)
    for (const entry of metadata)
      if (entry.breadcrumb.length === 0) Object.assign(entry.metadata, { selected: true, "replication-method": "FULL_TABLE" });
  const path = join(folder, "peer-catalog.json");
  writeFileSync(path, JSON.stringify(catalog));
  return path;
}
