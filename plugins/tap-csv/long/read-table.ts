/** Reads a file with the tap into rows of text with the header first, to compare with published collections. */
import { checkConfig, extract, parseExact, TaplineError } from "@tapline/sdk";
import type { Config } from "../src/config.ts";
import tap from "../src/index.ts";

export type Rows = string[][];

/** Repairs bad rows where a setting can. Without a header there is no row of names. Returns the code if the tap throws an error. */
export async function readTable(path: string, settings: Record<string, unknown>): Promise<Rows | string> {
  const files = [{ entity: "table", path, stray_quotes: "text", short_rows: "pad", long_rows: "truncate", ...settings }];
  const { config } = checkConfig<Config>("tap-csv", tap.config, { files, infer: "none" }, tap.aliases);
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of extract(tap, config)) pieces.push(piece);
  } catch (error) {
    if (error instanceof TaplineError) return error.code;
    throw error;
  }
  return rowsOf(Buffer.concat(pieces).toString());
}

function rowsOf(lines: string): Rows {
  const rows: Rows = [];
  let names: string[] = [];
  for (const line of lines.split("\n").slice(0, -1)) {
    const message = parseExact(line) as { type: string; schema: { properties: object }; record: Record<string, string | null> };
    if (message.type === "SCHEMA") names = Object.keys(message.schema.properties);
    if (message.type === "RECORD") rows.push(names.map((name) => message.record[name] ?? ""));
  }
  const isNumbered = names.every((name, i) => name === `column_${i + 1}`);
  return isNumbered ? rows : [names, ...rows];
}
