/** What the tests of this target share: its settings for a test database, batches from rows, and catching errors. */
import {
  type JsonSchema,
  type LoadMethod,
  type Row,
  type RowBatch,
  rowBatch,
  type Sink,
  TaplineError,
  type TargetStream,
} from "@tapline/sdk";
import type { TestDatabase } from "@tapline/testing/postgres";
import type { Config } from "../src/config.ts";
import target from "../src/index.ts";

export function settings({ host, port, user, password, database }: TestDatabase): Config {
  return { host, port, user, password, database };
}

/** Opens the target, and closes it whatever happens in `work`, as the SDK does. */
export async function withSink<T>(config: Config, work: (sink: Sink) => Promise<T>): Promise<T> {
  const sink = await target.open(config);
  try {
    return await work(sink);
  } finally {
    await sink[Symbol.asyncDispose]();
  }
}

export function batch(rows: Row[], options: { firstLine?: number; chunkRows?: number; stream?: string } = {}): RowBatch {
  return rowBatch(options.stream ?? "s", rows, options);
}

export function stream(properties: Record<string, JsonSchema>, keys: string[] = [], loadMethod?: LoadMethod, name = "s"): TargetStream {
  return { name, schema: { properties }, keys, loadMethod: loadMethod ?? (keys.length > 0 ? "upsert" : "append-only") };
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
