/** The start-up cost of commands in CPU time, compared with an empty script, and what the runner adds to a short pipe. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publishedPlugin } from "./published-plugin.ts";
import { compare, type Result } from "./result.ts";
import { invoicesFile } from "./seed-data.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const tapline = join(root, "packages/cli/bin/tapline.js");

/** Starts are short, so many are needed to find the fastest. */
const startsPerRound = 8;

export async function startUp(rows: number, rounds: number, log: (line: string) => void): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-start-"));
  try {
    const [tap, target] = [
      { files: [{ entity: "invoices", path: invoicesFile(join(root, ".cache/bench"), rows), keys: ["id"] }] },
      { destination_path: folder },
    ];
    const plugins = {
      "tap-csv": { executable: publishedPlugin("tap-csv"), config: tap },
      "target-jsonl": { executable: publishedPlugin("target-jsonl"), config: target },
    };
    for (const [name, content] of Object.entries({ "tapline.yml": { plugins }, "tap.json": tap, "target.json": target, "empty.js": "" }))
      writeFileSync(join(folder, name), content === "" ? "" : JSON.stringify(content));
    const node = process.execPath;
    const commands: Record<string, string> = {
      empty: `${node} empty.js`,
      version: `${node} ${tapline} --version`,
      help: `${node} ${tapline} run --help`,
      states: `${node} ${tapline} state list`,
      tapAbout: `${node} ${publishedPlugin("tap-csv")} --about`,
      targetAbout: `${node} ${publishedPlugin("target-duckdb")} --about`,
      pipe: `${node} ${publishedPlugin("tap-csv")} --config tap.json | ${node} ${publishedPlugin("target-jsonl")} --config target.json`,
      run: `${node} ${tapline} run tap-csv target-jsonl`,
    };
    const best = new Map<string, number>();
    for (let start = 0; start < rounds * startsPerRound; start++) {
      for (const [name, command] of Object.entries(commands))
        best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, cpuMs(command, folder)));
    }
    for (const [name, ms] of best) log(`${name} ${ms} ms CPU`);
    const of = (name: string): number => best.get(name) ?? Number.NaN;
    const empty = ["an empty script", of("empty")] as const;
    return [
      compare("tapline --version, CPU", of("version"), "ms", empty, 2),
      compare("tapline run --help, CPU", of("help"), "ms", empty, 3),
      compare("tapline state list, CPU", of("states"), "ms", empty, 3),
      compare("tap-csv --about, CPU", of("tapAbout"), "ms", empty, 2),
      compare("target-duckdb --about, CPU", of("targetAbout"), "ms", empty, 2),
      compare("tapline run, 1,000 rows, CPU of all processes", of("run"), "ms", ["the bare pipe + 500 ms:", of("pipe") + 500], 1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** CPU time of the command and all its child processes, as the shell reports it. */
function cpuMs(command: string, cwd: string): number {
  const script = `set -o pipefail; TIMEFORMAT='%3U %3S'; time { (${command}) > /dev/null 2>&1; }`;
  const { stderr, status } = spawnSync("bash", ["-c", script], { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`exit ${status}: ${command}`);
  const [, user, system] = /([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
  if (user === undefined || system === undefined) throw new Error(`the shell reported no time for: ${command}\n${stderr}`);
  return Math.round((Number(user) + Number(system)) * 1000);
}
