/** Runs the tap in a test as the SDK does: files in a temporary folder, a checked config, a read context, parsed lines. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  checkConfig,
  type JsonSchema,
  Lines,
  type Log,
  parseExact,
  type ReadContext,
  SchemaChange,
  type Stream,
  TaplineError,
} from "@tapline/sdk";
import { onTestFinished } from "vitest";
import type { Config } from "../src/config.ts";
import tap from "../src/index.ts";

/** Writes files into a new folder and returns it; the folder is deleted when the test ends. */
export function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "tap-csv-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export async function streamsOf(config: Record<string, unknown>, log?: Log): Promise<readonly Stream[]> {
  return tap.streams(checkConfig<Config>("tap-csv", tap.config, config, tap.aliases).config, undefined, log);
}

/** The stream of one file with this content. */
export async function streamOf(
  content: string | Uint8Array,
  settings: Record<string, unknown> = {},
  config: Record<string, unknown> = {},
): Promise<Stream> {
  const path = join(folderOf({ "items.csv": content }), "items.csv");
  const [stream] = await streamsOf({ files: [{ entity: "items", path, ...settings }], ...config });
  return stream as Stream;
}

export const properties = (stream: Stream): Record<string, JsonSchema> => stream.schema.properties ?? {};

export interface Result {
  rows: Record<string, unknown>[];
  /** Lines as they were written. */
  text: string;
  maximum: unknown;
}

export async function read(stream: Stream, context: Partial<ReadContext> = {}): Promise<Result> {
  const result: Result = { rows: [], text: "", maximum: null };
  let count = 0;
  const running = contextOf(stream, context);
  for await (const chunk of stream.read(running)) {
    if (chunk instanceof SchemaChange) change(running, chunk, context.columns);
    if (!(chunk instanceof Lines)) continue;
    const { bytes, maximum, count: lines } = chunk;
    result.text += Buffer.from(bytes).toString();
    result.maximum = maximum;
    count += lines;
  }
  const messages = result.text.split("\n").slice(0, -1).map(parseExact) as { record: Record<string, unknown> }[];
  if (messages.length !== count) throw new Error(`${messages.length} lines, but ${count} were reported`);
  result.rows = messages.map((message) => message.record);
  return result;
}

/** Applies a schema change as the SDK does. `selected`: the columns that a catalog selects. */
function change(context: ReadContext, { schema }: SchemaChange, selected: readonly string[] | undefined): void {
  Object.assign(context, { schema, columns: selected ?? Object.keys(schema.properties ?? {}) });
}

export function contextOf(stream: Stream, context: Partial<ReadContext> = {}): ReadContext {
  const columns = context.columns ?? Object.keys(properties(stream));
  return {
    state: {},
    files: undefined,
    replicationMethod: "FULL_TABLE",
    replicationKey: stream.replicationKey,
    startValue: null,
    columns,
    schema: { type: "object", properties: Object.fromEntries(columns.map((name) => [name, properties(stream)[name] ?? {}])) },
    head: Buffer.from(`{"type":"RECORD","stream":${JSON.stringify(stream.name)},"record":`),
    tail: () => Buffer.from(',"time_extracted":"2026-01-01T00:00:00.000Z"}\n'),
    signal: new AbortController().signal,
    metadata: stream.metadata ?? [],
    log: () => {},
    rejected: () => {},
    skipped: () => {},
    progress: () => {},
    isStateDue: () => false,
    target: undefined,
    keyProperties: stream.keys ?? [],
    ...context,
  };
}

/** All rows of a file with this content. */
export async function rowsOf(
  content: string | Uint8Array,
  settings: Record<string, unknown> = {},
  config: Record<string, unknown> = {},
): Promise<Record<string, unknown>[]> {
  return (await read(await streamOf(content, settings, config))).rows;
}

export async function failure(run: () => unknown): Promise<TaplineError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof TaplineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
