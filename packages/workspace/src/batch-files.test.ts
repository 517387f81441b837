/**
 * tap-csv into a database over files and over records: the same table, counts and state, whatever the file has. In one process, so that odd files by
 * the dozen are quick.
 */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig, extract, load, type StreamSummary, type Target, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import tapCsv from "@tapline/tap-csv";
import targetDuckdb from "@tapline/target-duckdb";
import targetPostgres from "@tapline/target-postgres";
import { testDatabase } from "@tapline/testing/postgres";
import { seededRandom } from "@tapline/testing/seeded-random";
import { describe, expect, onTestFinished, test } from "vitest";
import { duckdbRows } from "./duckdb.ts";

type Random = () => number;

const pick = <T>(next: Random, list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

/** By column: cells that a database reads as the tap does, and cells that it may read in another way. */
const cells: Record<string, { type: object; plain: readonly string[]; odd: readonly string[] }> = {
  id: { type: { type: "integer" }, plain: [], odd: ["007", "+5", "5.0", " 6", "1_000", "0x1F", "1e3"] },
  name: {
    type: { type: "string" },
    plain: [
      "Ann",
      "",
      '""',
      "a b",
      " x ",
      '"x, y"',
      '"say ""hi"""',
      "Zoë",
      "NULL",
      "NaN",
      "-",
      "'",
      "\\N",
      "\\.",
      "#1",
      "true",
      "2026-01-01",
    ],
    odd: ['"two\nlines"', '"two\r\nlines"', 'ha"lf', '"\t"', "\t", '" "'],
  },
  count: {
    type: { type: "integer" },
    plain: ["0", "-1", "12", "9223372036854775807", "-9223372036854775808", "", "-0"],
    odd: ["1,000", "١", " 7 ", '"8"', '""'],
  },
  price: {
    type: { type: "decimal", scale: 4 },
    plain: ["1", "-0.5", "12.3400", "99999999999999.9999", "", "0.0001", "1.50000000", "-0"],
    odd: ["123456789012345678901234567890.1234", "+1.5", ".5", "5.", "1.5 ", '"2.5"', "007.5"],
  },
  day: {
    type: { type: "date" },
    plain: ["2026-01-31", "0001-01-01", "9999-12-31", "2024-02-29", ""],
    odd: ["2026-1-31", " 2026-01-31", '"2026-02-28"'],
  },
  at: {
    type: { type: "date-time" },
    plain: ["2026-01-31T23:59:59Z", "1969-12-31 23:59:59Z", "0001-01-01T00:00:00Z", ""],
    odd: ["2026-01-31T23:59:59.123456Z", "2026-01-31T23:59:59+05:30", "2026-01-31t23:59:59z", '"2026-01-31T00:00:00Z"'],
  },
  ok: { type: { type: "boolean" }, plain: ["true", "false", "TRUE", "False", ""], odd: ["t", "yes", "1", " true", '"true"'] },
};

/** `odd`: how many cells of a thousand. Cells that the tap refuses are rejected by it, in both ways. */
function csvFile(next: Random, rows: number, odd: number): string {
  const lineEnd = pick(next, ["\n", "\r\n"]);
  const delimiter = pick(next, [",", ";"]);
  const written = (text: string): string =>
    delimiter === ";" && text.includes(";")
      ? `"${text}"`
      : text.includes(",") && delimiter === "," && !text.startsWith('"')
        ? `"${text}"`
        : text;
  const lines = [Object.keys(cells).join(delimiter)];
  for (let row = 0; row < rows; row++) {
    const line = Object.entries(cells).map(([name, { plain, odd: others }]) => {
      if (next() * 1000 < odd) return written(pick(next, others));
      return name === "id" ? String(Math.floor(next() * rows)) : written(pick(next, plain));
    });
    lines.push(line.join(delimiter));
    if (next() * 1000 < odd) lines.push(pick(next, ["", lines[0] as string, delimiter.repeat(6)]));
  }
  const mark = next() < 0.2 ? "\uFEFF" : "";
  return mark + lines.join(lineEnd) + (next() < 0.8 ? lineEnd : "");
}

interface Loaded {
  rows: unknown;
  types: unknown;
  states: unknown;
  counts: unknown;
  tap: unknown;
  inFiles: number;
}

/** A database for one load. */
interface Place {
  target: Target;
  settings: object;
  /** The rows in their order. `columns`: SQL. */
  rows(columns: string): Promise<unknown>;
  types(): Promise<unknown>;
}

const places = {
  async DuckDB(folder: string): Promise<Place> {
    const filepath = join(folder, "loaded.duckdb");
    return {
      target: targetDuckdb as unknown as Target,
      settings: { filepath, memory_limit: "200MB", threads: 1, on_error: "reject" },
      rows: (columns) => duckdbRows(filepath, `SELECT ${columns} FROM rows ORDER BY rowid`),
      types: () =>
        duckdbRows(filepath, "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'rows' ORDER BY column_index"),
    };
  },
  /** There files are taken where rows of a new table are rejected, and else where a refused row fails the run. */
  async PostgreSQL(): Promise<Place> {
    const { read, ...address } = await testDatabase();
    return {
      target: targetPostgres as unknown as Target,
      settings: { ...address, on_error: "reject" },
      rows: (columns) => read(`SELECT ${columns} FROM rows ORDER BY _sdc_sequence`),
      types: () =>
        read(
          `SELECT attname, format_type(atttypid, atttypmod), atthasdef, (SELECT count(*) FROM pg_class WHERE relkind = 'S')
             FROM pg_attribute WHERE attrelid = 'rows'::regclass AND attnum > 0 ORDER BY attnum`,
        ),
    };
  },
};

interface Given {
  place: keyof typeof places;
  path: string;
  keys: readonly string[];
  asFiles: boolean;
  rowsPerFile: number;
  target?: object;
}

async function loaded({ place, path, keys, asFiles, rowsPerFile, target = {} }: Given): Promise<Loaded> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "batch-files-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const batchFolder = join(folder, "batch");
  mkdirSync(batchFolder);
  const { target: loader, settings: own, rows, types } = await places[place](folder);
  const columns = Object.fromEntries(Object.entries(cells).map(([name, { type }]) => [name, type]));
  const stream = {
    entity: "rows",
    path,
    keys,
    columns,
    on_type_break: "reject",
    quotechar: '"',
    escapechar: null,
    skipinitialspace: false,
    comment: null,
  };
  const tapConfig = checkConfig<Parameters<typeof tapCsv.streams>[0]>("tap-csv", tapCsv.config, { files: [stream] }).config;
  const settings = { batch_folder: batchFolder, batch_max_bytes: 2000, ...own, ...target };
  const { config } = checkConfig<TargetSettings>(loader.name, withTargetSettings(loader.config, ["overwrite"]), settings);
  let [inFiles, sent, rejected] = [0, 0, 0];
  const input = extract(tapCsv, tapConfig, {
    ...(asFiles && { files: { format: "csv", folder: batchFolder, rowsPerFile } as const }),
    onFiles: (_, count) => {
      inFiles += count;
    },
    onCount: (_, count) => {
      sent += count;
    },
    onReject: (_, count) => {
      rejected += count;
    },
  });
  const states: unknown[] = [];
  let summaries: StreamSummary[] = [];
  for await (const state of load(loader, config, input, { onSummary: (all) => (summaries = all) })) states.push(state);
  expect(readdirSync(batchFolder)).toEqual([]);
  const select = `${Object.keys(cells)
    .map((name) => `"${name}"`)
    .join(", ")}, _sdc_deleted_at, _sdc_table_version`;
  const order = "row_number() OVER (ORDER BY _sdc_sequence)::INT AS place";
  return {
    rows: await rows(`${select}, ${order}, count(*) OVER (PARTITION BY _sdc_sequence)::INT AS twice`),
    types: await types(),
    states: states.at(-1),
    // Only where rows come in files, the target knows from which.
    counts: summaries.map(({ seconds: _, database: __, rejected_files: ___, ...counts }) => counts),
    tap: { sent, rejected },
    inFiles,
  };
}

async function bothWays(csv: string, given: Omit<Given, "path" | "asFiles">): Promise<{ files: Loaded; records: Loaded }> {
  const folder = mkdtempSync(join(tmpdir(), "batch-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "rows.csv");
  writeFileSync(path, csv);
  // Of a file that was written just now, the bookmark has no time.
  utimesSync(path, new Date("2026-01-01"), new Date("2026-01-01"));
  return { files: await loaded({ ...given, path, asFiles: true }), records: await loaded({ ...given, path, asFiles: false }) };
}

describe.each(["DuckDB", "PostgreSQL"] as const)("files and records give the same in %s", (place) => {
  test.each(Array.from({ length: 16 }, (_, seed) => seed))("odd file %i", async (seed) => {
    const next = seededRandom(20_261_130 + seed);
    const odd = pick(next, [0, 2, 10, 40]);
    const csv = csvFile(next, 150 + Math.floor(next() * 150), odd);
    const keys = pick(next, [[], ["id"], ["id", "name"]]);
    const target = pick(next, [{}, {}, { load_method: "append-only" }, { validate_records: false }, { column_names: "snake_case" }]);
    const { files, records } = await bothWays(csv, { place, keys, rowsPerFile: pick(next, [1, 7, 40, 1000]), target });
    expect(records.inFiles).toBe(0);
    expect({ ...files, inFiles: 0 }).toEqual(records);
    if (odd === 0) expect(files.inFiles).toBeGreaterThan(0);
  });

  test("a plain file goes in files whole, and an odd row goes between two of them", async () => {
    const line = (id: number, price = "1.5") => `${id},Ann,1,${price},2026-01-31,2026-01-31T00:00:00Z,true\n`;
    const head = `${Object.keys(cells).join(",")}\n`;
    const plain = head + Array.from({ length: 100 }, (_, id) => line(id)).join("");
    const { files } = await bothWays(plain, { place, keys: ["id"], rowsPerFile: 30 });
    expect(files.inFiles).toBe(100);
    const odd = await bothWays(`${plain}${line(100, "123456789012345678901234567890.1234")}${line(101)}`, {
      place,
      keys: ["id"],
      rowsPerFile: 1000,
    });
    expect(odd.files.inFiles).toBe(101);
    expect({ ...odd.files, inFiles: 0 }).toEqual(odd.records);
  });
});
