/** Lines through the whole path of the target, in this process, for tests of what rows become. */
import {
  checkConfig,
  type JsonSchema,
  load,
  type Row,
  type StreamSummary,
  type Target,
  type TargetSettings,
  withTargetSettings,
} from "@tapline/sdk";
import type { TestDatabase } from "@tapline/testing/postgres";
import target from "../src/index.ts";
import { settings } from "./rows.ts";

export interface Piped {
  summary: StreamSummary | undefined;
  warnings: string[];
  failure: (Error & { code?: string }) | undefined;
}

/** The summary is that of the first stream. `lines`: messages, or their bytes. */
export async function pipe(database: TestDatabase, lines: readonly object[] | Buffer, more: Record<string, unknown> = {}): Promise<Piped> {
  const { config } = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config, target.loadMethods), {
    ...settings(database),
    ...more,
  });
  const piped: Piped = { summary: undefined, warnings: [], failure: undefined };
  try {
    const options = {
      warn: (message: string) => void piped.warnings.push(message),
      onSummary: (summaries: StreamSummary[]) => {
        piped.summary = summaries[0];
      },
    };
    for await (const _ of load(target as unknown as Target, config, input(lines), options));
  } catch (error) {
    piped.failure = error as Error;
  }
  return piped;
}

async function* input(lines: readonly object[] | Buffer): AsyncGenerator<Uint8Array> {
  if (Buffer.isBuffer(lines)) {
    yield lines;
    return;
  }
  for (let at = 0; at < lines.length; at += 500) {
    yield Buffer.from(
      lines
        .slice(at, at + 500)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(""),
    );
  }
}

export const schema = (properties: Record<string, JsonSchema>, keys: string[] = [], stream = "s"): object => ({
  type: "SCHEMA",
  stream,
  schema: { properties },
  key_properties: keys,
});
export const record = (row: Row, stream = "s"): object => ({ type: "RECORD", stream, record: row });
export const state = (value: unknown): object => ({ type: "STATE", value });
