/** Results as Markdown: the table that a run prints, and the page in the documentation. */
import type { Result } from "./result.ts";

export function table(list: readonly Result[]): string {
  const show = (r: Result) =>
    "verdict" in r
      ? `| ${r.name} | | ${r.beside} | | | ${r.verdict}: ${r.reason.replaceAll("|", "\\|")} |`
      : `| ${r.name} | ${r.value.toFixed(r.unit === "s" ? 2 : 0)} ${r.unit} | ${r.beside} | ${r.ratio.toFixed(2)}x | ${r.bar} | ${r.holds ? "holds" : "MISSED"} |`;
  return ["| what | ours | beside | ratio | bar | |", "| --- | --- | --- | --- | --- | --- |", ...list.map(show)].join("\n");
}

/** The content of docs/results/bench.json: the machine, and each benchmark by name. */
export interface Results {
  commit: string;
  machine: string;
  [benchmark: string]: string | { measured_at: string; rows: number; rounds: number; results: readonly Result[] };
}

const titles: Record<string, string> = {
  csv: "tap-csv alone",
  duckdb: "CSV into DuckDB",
  batch: "CSV as files into DuckDB",
  parquet: "Singer lines into Parquet files",
  postgres: "CSV into PostgreSQL",
  "tap-postgres": "Out of PostgreSQL",
  "postgres-to-postgres": "PostgreSQL to PostgreSQL, many rows",
  log: "PostgreSQL's log of changes",
  "tap-mysql": "Out of MariaDB",
  "tap-duckdb": "Out of DuckDB and Parquet",
  "files-to-postgres": "CSV as files into PostgreSQL",
  peers: "Beside other tools",
  "peers-many-rows": "Beside other tools, a million rows",
  start: "Start-up",
  runner: "The runner on a pipe",
  meltano: "A Meltano project",
  volume: "At volume",
  rest: "tap-rest",
  maps: "Stream maps",
  verify: "tapline verify",
  "verify-many-rows": "tapline verify, many rows",
};

const measured: Record<string, string> = {
  log: "changes, best of",
  runner: "rows of 2 columns, medians of",
  meltano: "rows of 5 columns, best of",
  volume: "tiny rows in the smaller load, and a share of them of the other shapes;",
};

export function page({ commit, machine, ...benchmarks }: Results): string {
  const parts = Object.entries(benchmarks).map(([name, part]) => {
    if (typeof part === "string") return "";
    const how = `${part.rows.toLocaleString("en")} ${measured[name] ?? "rows of 16 columns, best of"} ${part.rounds} interleaved rounds, ${part.measured_at.slice(0, 10)}.`;
    return `## ${titles[name] ?? name}\n\n${how}\n\n${table(part.results)}\n`;
  });
  return `# Benchmarks

Written by \`npm run bench\`, which measures complete programs on data made from a seed; the figures are in [results/bench.json](../results/bench.json).
A ratio compares with the program next to it in the same run. A program whose table differs by one value is shown as wrong, without a time.
Machine: ${machine}; commit ${commit}.

![Wall times as ratios](benchmarks.svg)

${parts.join("\n")}`;
}
