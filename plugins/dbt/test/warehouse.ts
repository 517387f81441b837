/** A database, a dbt project and the real target that fills the database, for tests of generated files. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { columnType, typeName } from "@tapline/columns";
import type { Dialect } from "@tapline/sql";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { onTestFinished } from "vitest";
import { bin } from "../../../packages/workspace/src/command.ts";
import { duckdbRows } from "../../../packages/workspace/src/duckdb.ts";
import { dialect as duckdb } from "../../target-duckdb/src/dialect/index.ts";
import { dialect as postgres } from "../../target-postgres/src/dialect/index.ts";
import type { GenerateInput, GenerateStream } from "../src/index.ts";
import { generateFiles, writeGenerated } from "../src/index.ts";
import { dbtForTests } from "./dbt-for-tests.ts";

export type Adapter = GenerateInput["adapter"];
export const adapters: readonly Adapter[] = ["duckdb", "postgres"];

/** A stream as its tap describes it. */
export interface TestStream {
  name: string;
  keys: readonly string[];
  properties: Record<string, Record<string, unknown>>;
  loadMethod?: GenerateStream["loadMethod"];
  validFrom?: string;
}

export interface DbtEnd {
  code: number | null;
  output: string;
}

export interface Warehouse {
  adapter: Adapter;
  /** The dbt project. */
  project: string;
  /** Writes the files that `generate` makes for the streams. */
  generate(streams: readonly TestStream[], history?: boolean): ReturnType<typeof writeGenerated>;
  /** Sends Singer messages (lines, or values to write as lines) to the target's executable. Throws if it fails. */
  load(messages: readonly (object | string)[], settings?: Record<string, unknown>): Promise<void>;
  dbt(...args: string[]): Promise<DbtEnd>;
  /** Like `dbt`, but throws if it fails. */
  dbtDone(...args: string[]): Promise<DbtEnd>;
  /** Every value as text, NULL as null. */
  read(sql: string): Promise<(string | null)[][]>;
  /** Statements that change something. */
  run(statements: readonly string[]): Promise<void>;
  /** SQL for microseconds since 1970. */
  micros(expression: string): string;
}

/** Deleted when the test ends. */
export async function warehouse(adapter: Adapter): Promise<Warehouse> {
  const folder = mkdtempSync(join(tmpdir(), "dbt-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const project = join(folder, "transform");
  mkdirSync(project);
  const file = join(folder, "warehouse.duckdb");
  const server = adapter === "postgres" ? await testDatabase() : undefined;
  write(folder, "profiles.yml", { test: { target: "test", outputs: { test: server === undefined ? inFile(file) : onServer(server) } } });
  write(project, "dbt_project.yml", { name: "test", version: "1.0.0", profile: "test" });
  const target = adapter === "duckdb" ? "target-duckdb" : "target-postgres";
  const connection =
    server === undefined
      ? { filepath: file }
      : { host: server.host, port: server.port, user: server.user, password: server.password, database: server.database };
  const dbt = async (...args: string[]): Promise<DbtEnd> => {
    const program = await dbtForTests();
    const places = ["--project-dir", project, "--profiles-dir", folder, "--no-use-colors", "--no-send-anonymous-usage-stats"];
    return ended(program, [...args, ...places], folder, "");
  };
  return {
    adapter,
    project,
    generate: (streams, history = true) =>
      writeGenerated(
        project,
        generateFiles({ adapter, sourceName: "raw", streams: streams.map((each) => generateStream(adapter, each)), history }),
      ),
    async load(messages, settings = {}) {
      const config = { ...connection, stream_names: "exact", load_method: "append-only", ...settings };
      write(folder, "target.json", config);
      const input = messages.map((message) => `${typeof message === "string" ? message : JSON.stringify(message)}\n`).join("");
      succeed(await ended(process.execPath, [bin(target), "--config", join(folder, "target.json")], folder, input), target);
    },
    dbt,
    dbtDone: async (...args) => succeed(await dbt(...args), `dbt ${args.join(" ")}`),
    read: async (sql) => (server === undefined ? (await duckdbRows(file, sql)).map((row) => Object.values(row)) : await server.read(sql)),
    async run(statements) {
      if (server === undefined) await runInFile(file, statements);
      else await server.read(...statements);
    },
    micros: (expression) =>
      adapter === "duckdb" ? `epoch_us(${expression})` : `cast(extract(epoch from ${expression}) * 1000000 as bigint)`,
  };
}

async function runInFile(path: string, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (const statement of statements) await connection.run(statement);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const inFile = (path: string) => ({ type: "duckdb", path, threads: 1 });

function onServer({ host, port, user, password, database }: TestDatabase) {
  return { type: "postgres", host, port, user, password, dbname: database, schema: "public", threads: 1 };
}

/** Names and types from the target. */
function generateStream(adapter: Adapter, { name, keys, properties, loadMethod = "append-only", validFrom }: TestStream): GenerateStream {
  const dialect: Dialect = adapter === "duckdb" ? duckdb : postgres;
  const all = { ...properties, ...metadata };
  const columns = Object.entries(all).map(([property, schema]) => ({
    property,
    name: property,
    type: typeName(dialect.types, columnType(schema, dialect.types)),
  }));
  const stream = { stream: name, schema: dialect.names.fallbackSchema, table: name, keys, columns, loadMethod };
  return validFrom === undefined ? stream : { ...stream, validFrom };
}

const instant = { type: ["null", "string"], format: "date-time" };
const integer = { type: ["null", "integer"] };
const metadata = {
  _sdc_extracted_at: instant,
  _sdc_received_at: instant,
  _sdc_batched_at: instant,
  _sdc_deleted_at: instant,
  _sdc_sequence: integer,
  _sdc_table_version: integer,
  _sdc_sync_started_at: integer,
};

export function schemaMessage({ name, keys, properties }: TestStream): object {
  return { type: "SCHEMA", stream: name, schema: { type: "object", properties }, key_properties: keys };
}

/** JSON is YAML. */
function write(folder: string, name: string, content: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(content), { mode: 0o600 });
}

async function ended(program: string, args: readonly string[], cwd: string, input: string): Promise<DbtEnd> {
  const child = spawn(program, args, { cwd, env: { ...process.env, TZ: "America/New_York", NO_COLOR: "1" } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code, output };
}

function succeed(end: DbtEnd, what: string): DbtEnd {
  if (end.code !== 0) throw new Error(`${what} ended with ${end.code}: ${end.output.slice(-6000)}`);
  return end;
}
