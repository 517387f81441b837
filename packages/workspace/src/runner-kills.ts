/** Kills the runner at random moments of an append-only load and runs it again: nothing is lost, doubled or left over. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@tapline/testing/seeded-random";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

export interface KillRounds {
  kills: number;
  seed: number;
}

export interface KillOutcome {
  /** Rounds in which the runner was still running when it was killed. */
  killed: number;
  rows: number;
  distinct: number;
  /** Folders and locks that ended runs left over. */
  leftovers: string[];
  exitCode: number | null;
}

const rows = 80_000;

export async function killRunner({ kills, seed }: KillRounds): Promise<KillOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "tapline-kills-"));
  try {
    const database = join(folder, "kills.duckdb");
    const tap = { executable: join(root, "packages/runner/test/fixtures/tap.mjs"), config: { rows, state_every: 50 } };
    const config = { filepath: database, load_method: "append-only", batch_size_rows: 200 };
    const target = { executable: join(root, "plugins/target-duckdb/bin/target-duckdb.js"), config };
    writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins: { "tap-test": tap, "target-duckdb": target } }));
    const random = seededRandom(seed);
    let killed = 0;
    for (let round = 0; round < kills; round++) {
      const run = start(folder);
      // From before the first process starts until after the last row.
      const timer = setTimeout(() => run.kill("SIGKILL"), random() * 1800);
      const [, signal] = (await once(run, "exit")) as [number | null, NodeJS.Signals | null];
      clearTimeout(timer);
      if (signal === "SIGKILL") killed++;
    }
    const [exitCode] = (await once(start(folder), "exit")) as [number | null];
    const [count] = await duckdbRows(database, "SELECT count(*) AS rows, count(DISTINCT id) AS distinct_rows FROM items");
    const runs = join(folder, ".tapline", "running");
    return {
      killed,
      rows: Number(count?.rows),
      distinct: Number(count?.distinct_rows),
      leftovers: existsSync(runs) ? readdirSync(runs) : [],
      exitCode,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const expectedOutcome = { rows, distinct: rows, leftovers: [], exitCode: 0 };

function start(cwd: string) {
  const bin = join(root, "packages/cli/bin/tapline.js");
  return spawn(process.execPath, [bin, "run", "tap-test", "target-duckdb", "--quiet"], { cwd, stdio: ["ignore", "ignore", "inherit"] });
}
