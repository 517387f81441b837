/** Loads of extreme shape for the suite `wide`: lines are generated while they are sent to the real executables, and time and memory are measured. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import { type Ended, start } from "./command.ts";
import { duckdbRows } from "./duckdb.ts";
import { postgresDatabase } from "./faults/database.ts";
import { peakMemory } from "./faults/processes.ts";

export const targets = ["target-postgres", "target-duckdb"] as const;

export interface WideDatabase extends AsyncDisposable {
  load(lines: Iterable<string>, settings?: Record<string, unknown>): Promise<Watched>;
  /** Rows as lists of text. */
  query(sql: string): Promise<(string | null)[][]>;
}

export interface Watched extends Ended {
  seconds: number;
  /** Peak memory of the target in MiB. */
  peakMiB: number;
}

/** An empty database. */
export async function wideDatabase(target: (typeof targets)[number], server: PostgresServer): Promise<WideDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "wide-"));
  const gone = async (): Promise<void> => rmSync(folder, { recursive: true });
  if (target === "target-duckdb") {
    const filepath = join(folder, "wide.duckdb");
    return {
      load: (lines, settings) => load(target, folder, { filepath, ...settings }, lines),
      query: async (sql) => (await duckdbRows(filepath, sql)).map(Object.values),
      [Symbol.asyncDispose]: gone,
    };
  }
  const place = await postgresDatabase(server);
  return {
    load: (lines, settings) => load(target, folder, { ...place.config, ...settings }, lines),
    query: (sql) => place.query(sql),
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
      await gone();
    },
  };
}

async function load(target: (typeof targets)[number], folder: string, config: object, lines: Iterable<string>): Promise<Watched> {
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const begun = performance.now();
  const { child, ended } = start(target, ["--config", "config.json"], { cwd: folder });
  let peak = 0;
  let isRunning = true;
  const watch = async (): Promise<void> => {
    for (; isRunning; await setTimeout(20)) peak = Math.max(peak, peakMemory(child.pid as number));
  };
  const watched = watch();
  // A target that fails closes its input; its exit code and stderr give the reason.
  await pipeline(Readable.from(pieces(lines)), child.stdin as NodeJS.WritableStream).catch(() => {});
  const end = await ended;
  isRunning = false;
  await watched;
  return { ...end, seconds: (performance.now() - begun) / 1000, peakMiB: Math.round(peak / 2 ** 20) };
}

const pieceLength = 1 << 16;

/** Joins lines into pieces, because a stream spends more time on each chunk than on its bytes. */
function* pieces(lines: Iterable<string>): Generator<string> {
  let piece = "";
  for (const line of lines) {
    piece += line;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

export function schemaLine(stream: string, properties: Record<string, object>, keys: readonly string[] = []): string {
  return `${JSON.stringify({ type: "SCHEMA", stream, schema: { type: "object", properties }, key_properties: keys })}\n`;
}

export const recordLine = (stream: string, record: object): string => `${JSON.stringify({ type: "RECORD", stream, record })}\n`;

export const stateLine = (at: number): string => `${JSON.stringify({ type: "STATE", value: { at } })}\n`;

const kinds = [
  [{ type: "integer" }, (n: number) => n],
  [{ type: "number" }, (n: number) => n / 8],
  [{ type: ["null", "string"] }, (n: number) => (n % 5 === 0 ? null : `text ${n}`)],
  [{ type: "boolean" }, (n: number) => n % 2 === 0],
] as const;

/** Columns c0, c1, … of all kinds; `id` is the key. */
export function wideProperties(columns: number): Record<string, object> {
  const named = Array.from({ length: columns }, (_, at) => [`c${at}`, (kinds[at % kinds.length] as (typeof kinds)[number])[0]]);
  return { id: { type: "integer" }, ...Object.fromEntries(named) };
}

export function wideRow(columns: number, id: number): object {
  const named = Array.from({ length: columns }, (_, at) => [`c${at}`, (kinds[at % kinds.length] as (typeof kinds)[number])[1](id + at)]);
  return { id, ...Object.fromEntries(named) };
}
