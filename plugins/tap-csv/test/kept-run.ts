/** Runs the whole tap in a test, or kills it after some pieces, and returns what a target would keep. */
import { checkConfig, extract, type Log, type State, type TargetFacts } from "@tapline/sdk";
import type { Config } from "../src/config.ts";
import tap from "../src/index.ts";

export interface Message {
  type: string;
  stream: string;
  record: Record<string, unknown>;
  schema: { properties: Record<string, { type: string[]; multipleOf?: number }> };
  version?: number;
  value: State;
}

export interface Run {
  state?: State | undefined;
  catalog?: unknown;
  target?: TargetFacts;
  /** Kill the run after this many pieces. */
  pieces?: number;
  log?: Log;
}

/** What a target keeps of a run: everything if it completed, else what is before the last STATE. */
export async function run(
  config: Record<string, unknown>,
  { state, catalog, target, pieces = Number.POSITIVE_INFINITY, log = () => {} }: Run = {},
) {
  const { config: checked } = checkConfig<Config>("tap-csv", tap.config, config, tap.aliases);
  const messages: Message[] = [];
  let left = pieces;
  for await (const bytes of extract(tap, checked, { log, catalog, target, ...(state === undefined ? {} : { state }) })) {
    if (left-- <= 0) break;
    const lines = Buffer.from(bytes).toString().trimEnd();
    if (lines !== "") messages.push(...lines.split("\n").map((line) => JSON.parse(line) as Message));
  }
  const last = messages.findLastIndex(({ type }) => type === "STATE");
  const isWhole = left >= 0;
  return { kept: isWhole ? messages : messages.slice(0, last + 1), isWhole, state: last < 0 ? state : messages[last]?.value };
}

export const rowsIn = (messages: readonly Message[]) => messages.filter(({ type }) => type === "RECORD").map(({ record }) => record);
