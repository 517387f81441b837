/**
 * A Meltano project run by `meltano run` and by `tapline run`: with the same Python plugins, and with those of npm that `tapline import meltano
 * --npm all` puts in their place. PostgreSQL to Singer lines in a file, everything read again each time; few rows show the start, many the flow.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DatabaseAddress, queryPostgres, startPostgres } from "@tapline/testing/postgres";
import { peerProgram, version } from "./peers/environments.ts";
import { compare, type Result } from "./result.ts";

const tapline = fileURLToPath(new URL("../../cli/bin/tapline.js", import.meta.url));

/** Seconds; CPU is that of the command and of all that it started. */
interface Times {
  wall: number;
  cpu: number;
}

export async function besideMeltano(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const home = mkdtempSync(join(tmpdir(), "bench-meltano-"));
  await using server = await startPostgres();
  try {
    const database = { ...server.address, database: "postgres" };
    const counts = { few: Math.min(1000, rows), many: rows };
    for (const [name, count] of Object.entries(counts))
      await queryPostgres(database, [
        `CREATE SCHEMA ${name}`,
        `CREATE TABLE ${name}.orders AS SELECT i AS id, 'customer ' || i AS name, i * 1.25 AS amount, timestamptz '2026-01-01' + i * interval '1 second' AS updated, i % 2 = 0 AS is_paid FROM generate_series(1, ${count}) AS i`,
      ]);
    const best = new Map<string, Times>();
    const sides = Object.fromEntries(Object.keys(counts).map((name) => [name, sidesIn(join(home, name), database, name)]));
    for (let round = 0; round <= rounds; round++)
      for (const [name, count] of Object.entries(counts))
        for (const [side, { folder, command }] of Object.entries(sides[name] ?? {})) {
          const times = timesOf([...command, "run", "tap-postgres", "target-jsonl", "--full-refresh"], folder);
          checkRows(join(folder, "output", `${name}-orders.jsonl`), count);
          // The first round makes what both keep for later runs, such as catalogs.
          if (round === 0) continue;
          log(`round ${round}: ${count} rows, ${side} ${times.wall.toFixed(2)} s, ${times.cpu.toFixed(2)} s CPU`);
          const { wall, cpu } = best.get(`${name} ${side}`) ?? times;
          best.set(`${name} ${side}`, { wall: Math.min(wall, times.wall), cpu: Math.min(cpu, times.cpu) });
        }
    return Object.entries(bars).flatMap(([side, { wall, cpu }]) =>
      Object.entries(counts).flatMap(([name, count]) => {
        const [ours, theirs] = [best.get(`${name} ${side}`), best.get(`${name} meltano run`)] as [Times, Times];
        const what = `${count.toLocaleString("en")} rows, ${side}`;
        const beside = `meltano ${version("bench-meltano")} run`;
        return [
          compare(`${what}, wall`, ours.wall, "s", [beside, theirs.wall], wall),
          compare(`${what}, CPU of all processes`, ours.cpu, "s", [beside, theirs.cpu], cpu),
        ];
      }),
    );
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** With the same Python plugins, most of the time is theirs: importing their modules, and each row. */
const bars = {
  "tapline run": { wall: 0.9, cpu: 0.9 },
  "tapline run, plugins of npm": { wall: 0.5, cpu: 0.5 },
};

interface Side {
  folder: string;
  command: readonly string[];
}

/** Projects that read that schema. */
function sidesIn(home: string, { host, port, user, password, database }: DatabaseAddress, schema: string): Record<string, Side> {
  const names = { meltano: "meltano run", python: "tapline run", npm: "tapline run, plugins of npm" };
  const project = {
    default_environment: "dev",
    send_anonymous_usage_stats: false,
    plugins: {
      extractors: [
        {
          name: "tap-postgres",
          namespace: "tap_postgres",
          executable: peerProgram("meltanolabs-tap-postgres", "tap-postgres"),
          capabilities: ["about", "catalog", "discover", "state"],
          settings: ["host", "port", "user", "password", "database", "filter_schemas"].map((each) => ({ name: each })),
          config: { host, port, user, password, database, filter_schemas: [schema] },
        },
      ],
      loaders: [
        {
          name: "target-jsonl",
          namespace: "target_jsonl",
          executable: peerProgram("bench-target-jsonl", "target-jsonl"),
          settings: ["destination_path", "do_timestamp_file"].map((name) => ({ name })),
          config: { destination_path: "output", do_timestamp_file: false },
        },
      ],
    },
    environments: [{ name: "dev" }],
  };
  const folders = Object.keys(names).map((name) => join(home, name));
  const [first = "", ...others] = folders;
  mkdirSync(join(first, "output"), { recursive: true });
  // JSON is YAML.
  writeFileSync(join(first, "meltano.yml"), JSON.stringify(project));
  for (const folder of others) cpSync(first, folder, { recursive: true });
  const ours = [process.execPath, tapline];
  execFileSync(process.execPath, [tapline, "import", "meltano", "--npm", "all"], { cwd: others[1], stdio: ["ignore", "ignore", "pipe"] });
  const commands = [[peerProgram("bench-meltano", "meltano")], ours, ours];
  return Object.fromEntries(
    Object.values(names).map((name, at) => [name, { folder: folders[at] as string, command: commands[at] as string[] }]),
  );
}

/** @throws Error where it does not succeed */
function timesOf(command: readonly string[], cwd: string): Times {
  const quoted = command.map((word) => `'${word}'`).join(" ");
  const script = `TIMEFORMAT='%R %U %S'; time ${quoted} >out.log 2>&1`;
  const { status, stderr } = spawnSync("bash", ["-c", script], { cwd, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${command.join(" ")} ended with ${status}:\n${readFileSync(join(cwd, "out.log"), "utf8").slice(-3000)}`);
  const [wall, user, system] = stderr.trim().split(/\s+/).map(Number) as [number, number, number];
  return { wall, cpu: user + system };
}

/** Throws unless each row arrived once. */
function checkRows(path: string, rows: number): void {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const ids = new Set(lines.map((line) => JSON.parse(line).id));
  if (ids.size !== rows || lines.length !== rows) throw new Error(`${path} has ${lines.length} lines of ${ids.size} rows, not ${rows}`);
  rmSync(path);
}
