/**
 * tap-postgres into target-postgres over files and over records: the same tables, counts and bookmarks, whatever the rows are, in a first run
 * and in a second one that meets their rows. In one process, so that many seeds are quick.
 */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Catalog,
  checkConfig,
  discover,
  extract,
  load,
  openTap,
  type State,
  type StreamSummary,
  type TargetSettings,
  withTargetSettings,
} from "@tapline/sdk";
import { tapPostgres } from "@tapline/tap-postgres";
import target from "@tapline/target-postgres";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { seededRandom } from "@tapline/testing/seeded-random";
import { expect, onTestFinished, test } from "vitest";

type Random = () => number;

const pick = <T>(next: Random, list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

/** By column: its type, values that a file may have, and others. */
const columns: Record<string, { type: string; plain: readonly string[]; odd: readonly string[] }> = {
  name: { type: "text", plain: ["''", "'Zoë'", "E'a\\n\\t\\\\\"b\"'", "repeat('x', 5000)", "NULL"], odd: [] },
  price: { type: "numeric(12,3)", plain: ["0", "-1.5", "999999999.999", "NULL"], odd: ["'NaN'"] },
  ratio: { type: "numeric", plain: ["1e-20", "12345678901234567890.5", "0"], odd: ["'NaN'", "'-Infinity'"] },
  weight: { type: "float8", plain: ["0.1", "1e300", "-2.5e-7"], odd: ["'NaN'"] },
  day: { type: "date", plain: ["'0001-01-01'", "'2024-02-29'", "'9999-12-31'", "NULL"], odd: ["'infinity'", "'0044-03-15 BC'"] },
  at: { type: "timestamp", plain: ["'2024-02-29 23:59:59.123456'", "'1969-12-31 23:59:59.999999'"], odd: ["'-infinity'", "'10000-01-01'"] },
  clock: { type: "time", plain: ["'00:00'", "'23:59:59.5'"], odd: ["'24:00'"] },
  facts: { type: "jsonb", plain: [`'{"a": [1.5, "x\\n"]}'`, "'[]'", "NULL"], odd: ["'null'"] },
  notes: { type: "json", plain: [`'{"a":1}'`, `'"x"'`], odd: ["' null '", `'"\\u00e9"'`, "'1e4000'"] },
  tags: { type: "text[]", plain: ["'{a,NULL}'", "'{}'"], odd: [] },
  ok: { type: "boolean", plain: ["true", "false", "NULL"], odd: [] },
  raw: { type: "bytea", plain: ["'\\x00ff'", "''"], odd: [] },
};

/** `odd`: how many values of a thousand. */
function rowsOf(next: Random, count: number, odd: number, from: number): string {
  return Array.from({ length: count }, (_, row) => {
    const values = Object.values(columns).map(({ plain, odd: others }) =>
      others.length > 0 && next() * 1000 < odd ? pick(next, others) : pick(next, plain),
    );
    return `(${[from + row, `'2024-01-01'::timestamptz + interval '${Math.floor((from + row) / 3)} seconds'`, ...values].join(", ")})`;
  }).join(", ");
}

interface Way {
  schema: string;
  rowsPerFile: number | undefined;
  state: State | undefined;
  inFiles: number;
}

interface Given {
  method: "FULL_TABLE" | "INCREMENTAL";
  keys: boolean;
  parallel: number;
  target: object;
}

const marginMs = 0;

async function run(database: TestDatabase, way: Way, { method, keys, parallel, target: more }: Given) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "pgcopy-files-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const batchFolder = join(folder, "batch");
  mkdirSync(batchFolder);
  const { read: _, ...connection } = database;
  const tap = tapPostgres(marginMs);
  const source = { ...connection, filter_schemas: ["source"], parallel, lookback: 0 };
  const { config } = checkConfig<Parameters<NonNullable<typeof tap.open>>[0]>(tap.name, tap.config, source);
  const settings = { ...connection, default_target_schema: way.schema, batch_folder: batchFolder, batch_max_bytes: 20_000, ...more };
  const { config: loading } = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config, ["overwrite"]), settings);
  const catalog = await catalogOf(tap, config);
  // A bookmark by the server's time would be held by transactions of other tests.
  const chosen = method === "INCREMENTAL" ? { replication_method: method, replication_key: "updated_at" } : {};
  const streams = catalog.streams.map((stream) => ({ ...stream, ...chosen, ...(!keys && { key_properties: [] }) }));
  const input = extract(tap, config, {
    catalog: { streams },
    state: way.state,
    ...(way.rowsPerFile !== undefined && { files: { format: "pgcopy", folder: batchFolder, rowsPerFile: way.rowsPerFile } as const }),
    onFiles: (_stream, count) => {
      way.inFiles += count;
    },
  });
  let summaries: StreamSummary[] = [];
  for await (const state of load(target, loading, input, { onSummary: (all) => (summaries = all) })) way.state = state as State;
  expect(readdirSync(batchFolder)).toEqual([]);
  return summaries.map(({ seconds: _seconds, database: _database, ...counts }: StreamSummary) => counts);
}

async function catalogOf(tap: ReturnType<typeof tapPostgres>, config: Parameters<NonNullable<typeof tap.open>>[0]): Promise<Catalog> {
  const { signal } = new AbortController();
  await using session = await openTap(tap, config, { wanted: undefined, signal, log: () => {}, stateId: undefined });
  return discover(session.streams);
}

/** What two runs have in common: times and versions are those of each. */
const stable = (state: State | undefined): unknown =>
  JSON.parse(JSON.stringify(state ?? null, (name, value) => (name === "version" || name === "oldest_xid" ? 0 : value)));

test.each(Array.from({ length: 12 }, (_, seed) => seed))("files and records give the same table: seed %i", async (seed) => {
  const database = await testDatabase();
  const next = seededRandom(20_261_201 + seed);
  const odd = pick(next, [0, 0, 2, 20]);
  const given: Given = {
    method: pick(next, ["FULL_TABLE", "INCREMENTAL"]),
    keys: next() < 0.6,
    parallel: pick(next, [1, 1, 2]),
    target: {
      ...pick(next, [{}, { load_method: "append-only" }, { load_method: "overwrite" }]),
      ...pick(next, [{}, { on_error: "reject" }]),
      ...pick(next, [{}, { add_record_metadata: false }]),
    },
  };
  const list = Object.entries(columns).map(([name, { type }]) => `${name} ${type}`);
  await database.read(
    "CREATE SCHEMA source",
    "CREATE SCHEMA by_records",
    "CREATE SCHEMA by_files",
    `CREATE TABLE source.rows (id int PRIMARY KEY, updated_at timestamptz NOT NULL, ${list.join(", ")})`,
    `INSERT INTO source.rows VALUES ${rowsOf(next, 60, odd, 0)}`,
  );
  const ways: [Way, Way] = [
    { schema: "by_records", rowsPerFile: undefined, state: undefined, inFiles: 0 },
    { schema: "by_files", rowsPerFile: 1 + Math.floor(next() * 20), state: undefined, inFiles: 0 },
  ];
  const table = (schema: string): Promise<unknown> => {
    const names = ["id", "updated_at", ...Object.keys(columns)].map((name) =>
      ["price", "ratio", "weight"].includes(name) ? `trim_scale(${name}::numeric)` : name,
    );
    return database.read(`SELECT ${names.join(", ")} FROM ${schema}.rows ORDER BY 1, 2, 3, 4`);
  };
  const both = async (): Promise<void> => {
    const [records, files] = [await run(database, ways[0], given), await run(database, ways[1], given)];
    expect(JSON.parse(JSON.stringify(files).replaceAll("by_files", "by_records"))).toEqual(records);
    expect(await table("by_files")).toEqual(await table("by_records"));
    expect(stable(ways[1].state)).toEqual(stable(ways[0].state));
  };
  await both();
  await database.read(
    "UPDATE source.rows SET name = 'new', updated_at = updated_at + interval '1 hour' WHERE id % 7 = 0",
    "DELETE FROM source.rows WHERE id = 5",
    `INSERT INTO source.rows VALUES ${rowsOf(next, 20, odd, 60)}`,
  );
  await both();
  if (odd === 0) expect(ways[1].inFiles).toBeGreaterThan(60);
});
