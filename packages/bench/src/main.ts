/** `npm run bench [-- --rows N --rounds N]`: measures, prints a table, writes docs/results/bench.json, fails when a bar is missed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { csvToDuckdb, type Result } from "./csv-to-duckdb.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const { values } = parseArgs({ options: { rows: { type: "string", default: "1000000" }, rounds: { type: "string", default: "3" } } });
const [rows, rounds] = [Number(values.rows), Number(values.rounds)];

const results = await csvToDuckdb(rows, rounds, (line) => console.error(line));
console.log(table(results));
const whole = {
  measured_at: new Date().toISOString(),
  commit: commit(),
  rows,
  rounds,
  machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  results,
};
if (rows === 1_000_000) {
  mkdirSync(join(root, "docs/results"), { recursive: true });
  writeFileSync(join(root, "docs/results/bench.json"), `${JSON.stringify(whole, null, 2)}\n`);
}
if (results.some((result) => !result.holds)) process.exitCode = 1;

function table(list: readonly Result[]): string {
  const lines = list.map(
    (r) =>
      `| ${r.name} | ${r.value.toFixed(r.unit === "s" ? 2 : 0)} ${r.unit} | ${r.limit} | ${r.ratio.toFixed(2)}x | ${r.bar} | ${r.holds ? "holds" : "MISSED"} |`,
  );
  return ["| what | ours | beside | ratio | bar | |", "| --- | --- | --- | --- | --- | --- |", ...lines].join("\n");
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
