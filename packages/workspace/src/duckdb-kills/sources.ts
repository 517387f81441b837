/** What tap-duckdb reads while its run is killed: tables of a file and folders of files, and how each changes between two runs. */
import { mkdirSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { duckdbRun } from "../duckdb.ts";

export interface KilledSource {
  name: string;
  /** Settings of the tap, for a source in this folder. */
  tap(folder: string): Record<string, unknown>;
  metadata?: Record<string, unknown>;
  /** Settings of the target. Where rows are appended, a row that came twice is there twice. */
  target: { load_method?: "append-only"; hard_delete?: boolean };
  /** A run after one that ended would append all rows once more. */
  isRepeated?: true;
  make(folder: string): Promise<void>;
  /** Between two runs. `step` counts up. Undefined: it stands still. */
  change?(folder: string, step: number): Promise<void>;
  /** SQL of all its rows, after FROM. */
  rows(folder: string): string;
}

const rowCount = 60_000;
/** Texts of 400 characters, so that a table is several times the four megabytes after which a STATE is due. */
const rowsSql = (from: number, count: number, version = 0): string =>
  `SELECT n AS id, ${version}::INTEGER AS v, repeat(md5(n::VARCHAR), 12) AS body FROM range(${from}, ${from + count}) AS r(n)`;

const databaseOf = (folder: string): string => join(folder, "shop.duckdb");
const filesOf = (folder: string): string => join(folder, "in");

function table(name: string, more: Partial<KilledSource>): KilledSource {
  return {
    name,
    tap: (folder) => ({ filepath: databaseOf(folder) }),
    target: { load_method: "append-only" },
    make: (folder) => duckdbRun(databaseOf(folder), `CREATE TABLE rows AS ${rowsSql(0, rowCount)}`),
    rows: () => "shop.main.rows",
    ...more,
  };
}

function files(name: string, end: string, more: Partial<KilledSource>): KilledSource {
  const write = async (folder: string, file: number): Promise<void> => {
    const path = join(filesOf(folder), `${String(file).padStart(3, "0")}.${end}`);
    const format = end === "parquet" ? "parquet, ROW_GROUP_SIZE 2048" : "json";
    const count = file % 3 === 0 ? rowCount / 3 : 500;
    await duckdbRun(":memory:", `COPY (${rowsSql(file * rowCount, count)}) TO '${path}' (FORMAT ${format})`);
    // The tap waits until a file is two seconds old.
    const past = new Date(Date.UTC(2024, 0, 1 + file));
    utimesSync(path, past, past);
  };
  return {
    name,
    tap: (folder) => ({ files: [{ entity: "rows", path: filesOf(folder), ...(more.target?.hard_delete ? { keys: ["id"] } : {}) }] }),
    target: { load_method: "append-only" },
    async make(folder) {
      mkdirSync(filesOf(folder));
      for (let file = 0; file < 4; file++) await write(folder, file);
    },
    change: (folder, step) => write(folder, 3 + step),
    rows: (folder) => `${end === "parquet" ? "read_parquet" : "read_json"}('${filesOf(folder)}/*.${end}')`,
    ...more,
  };
}

export const killedSources: readonly KilledSource[] = [
  table("a table, whole", { isRepeated: true }),
  table("a table by a key, which changes", {
    target: {},
    metadata: { "main-rows": { "replication-method": "INCREMENTAL", "replication-key": "v" } },
    make: (folder) =>
      duckdbRun(
        databaseOf(folder),
        `CREATE TABLE rows (id BIGINT PRIMARY KEY, v INTEGER NOT NULL, body VARCHAR);
         INSERT INTO rows SELECT * REPLACE (id::INTEGER // 10 AS v) FROM (${rowsSql(0, rowCount)})`,
      ),
    change: (folder, step) =>
      duckdbRun(
        databaseOf(folder),
        `UPDATE rows SET v = ${rowCount + step}, body = 'changed ${step}' WHERE id % 101 = ${step};
         INSERT INTO rows ${rowsSql(rowCount * (1 + step), 3000, rowCount + step)}`,
      ),
  }),
  files("a folder of Parquet files, which grows", "parquet", {}),
  files("a folder of JSON files, which grows", "jsonl", {}),
  files("a folder of Parquet files as one version, of which some go", "parquet", {
    target: { hard_delete: true },
    metadata: { rows: { "replication-method": "FULL_TABLE" } },
    async change(folder) {
      const [first] = readdirSync(filesOf(folder)).sort();
      if (readdirSync(filesOf(folder)).length > 2) rmSync(join(filesOf(folder), first as string));
    },
  }),
];
