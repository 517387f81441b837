/** The input of all contestants: the CSV file made from the seed and tap-csv's Singer lines for it, each written once; and our programs. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Program } from "../measure.ts";
import { publishedPlugin } from "../published-plugin.ts";
import { invoiceColumns, invoicesFile } from "../seed-data.ts";

export interface Sources {
  csv: string;
  lines: string;
  columns: typeof invoiceColumns;
  /** For configs and databases; the caller removes it. */
  folder: string;
  ourTap: Program;
  ourTarget(system: "postgres" | "duckdb", config: string): Program;
  /** @returns the path of a JSON file */
  writeConfig(name: string, config: unknown): string;
}

const root = fileURLToPath(new URL("../../../..", import.meta.url));

export function writeSources(rows: number, folder: string): Sources {
  const csv = invoicesFile(join(root, ".cache/bench"), rows);
  const writeConfig = (name: string, config: unknown): string => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(config));
    return path;
  };
  const ourTap: Program = [
    publishedPlugin("tap-csv"),
    "--config",
    writeConfig("tap", { files: [{ entity: "invoices", path: csv, keys: ["id"] }] }),
  ];
  const lines = join(folder, "lines.jsonl");
  const out = openSync(lines, "w");
  execFileSync(process.execPath, ourTap, { stdio: ["ignore", out, "ignore"] });
  closeSync(out);
  return {
    csv,
    lines,
    columns: invoiceColumns,
    folder,
    ourTap,
    ourTarget: (system, config) => [publishedPlugin(`target-${system}`), "--config", config],
    writeConfig,
  };
}
