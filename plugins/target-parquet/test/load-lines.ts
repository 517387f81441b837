/** Loads Singer lines in this process, for tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig, load, type StreamSummary, type Target, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import { onTestFinished } from "vitest";
import target from "../src/index.ts";

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "target-parquet-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Loaded {
  states: unknown[];
  summaries: StreamSummary[];
  failure: unknown;
  warnings: string[];
}

export async function loadLines(folder: string, text: string, settings: object = {}): Promise<Loaded> {
  const given = { destination_path: folder, ...settings };
  const { config } = checkConfig<TargetSettings>(target.name, withTargetSettings(target.config, target.loadMethods), given);
  const loaded: Loaded = { states: [], summaries: [], failure: undefined, warnings: [] };
  async function* input() {
    yield Buffer.from(text);
  }
  const onSummary = (all: StreamSummary[]): void => {
    loaded.summaries = all;
  };
  const warn = (message: string): void => void loaded.warnings.push(message);
  try {
    for await (const state of load(target as unknown as Target, config, input(), { onSummary, warn })) loaded.states.push(state);
  } catch (error) {
    loaded.failure = error;
  }
  return loaded;
}

export function schema(properties: object, keys: readonly string[] = [], stream = "s"): string {
  return `${JSON.stringify({ type: "SCHEMA", stream, schema: { properties }, key_properties: keys })}\n`;
}

export function record(row: object, more: object = {}, stream = "s"): string {
  return `${JSON.stringify({ type: "RECORD", stream, record: row, ...more })}\n`;
}

export const state = (value: unknown): string => `${JSON.stringify({ type: "STATE", value })}\n`;
