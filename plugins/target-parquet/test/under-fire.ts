/** Loads that are killed at random moments. After each, the ledger and the rows of both streams agree; at the end every row is there once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect } from "vitest";
import { record, schema, state } from "./load-lines.ts";

const bin = fileURLToPath(new URL("../bin/target-parquet.js", import.meta.url));
const properties = { id: { type: "integer" }, text: { type: "string" } };
export const rowsEach = 200;
export const commits = 60;

/** A root, and what is there now as a folder of this computer. */
export interface Root {
  settings: object;
  look(): Promise<string>;
}

/** Rows of two streams from a place on, with a STATE after every 200 of each. */
export function input(from: number, keys: readonly string[]): string {
  const parts = Array.from({ length: commits - from }, (_, at) => {
    const commit = from + at;
    const ids = Array.from({ length: rowsEach }, (_, row) => commit * rowsEach + row);
    const rows = ids.map((id) => record({ id, text: `t${id % 5}` }, {}, "a") + record({ id, text: `t${id % 5}` }, {}, "b"));
    return rows.join("") + state(commit + 1);
  });
  return schema(properties, [], "a") + schema(properties, keys, "b") + parts.join("");
}

const manifestOf = (folder: string) => {
  const path = join(folder, "_tapline_manifest.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { streams: [], loads: [] };
};

/** How many rows and ids the listed files of a stream have. Fails where one can't be read. */
export async function counted(folder: string, stream: string): Promise<[rows: number, ids: number]> {
  const files: { path: string }[] = manifestOf(folder).streams.find((each: { stream: string }) => each.stream === stream)?.files ?? [];
  if (files.length === 0) return [0, 0];
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const list = files.map(({ path }) => `'${join(folder, path)}'`).join(", ");
  const [[rows, ids] = []] = await (await connection.run(`SELECT count(*), count(DISTINCT id) FROM read_parquet([${list}])`)).getRows();
  connection.closeSync();
  instance.closeSync();
  return [Number(rows), Number(ids)];
}

const parquetFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".parquet"))
    .map((entry) => join(entry.parentPath, entry.name));

/** Loads the whole input, from the ledger's STATE after each kill. `folder`: for the config. @returns how often it was killed */
export async function loadUnderFire(
  { settings, look }: Root,
  folder: string,
  keys: readonly string[],
  mostKills: number,
  random: () => number,
): Promise<number> {
  const config = join(folder, "config.json");
  let kills = 0;
  for (let run = 0; ; run++) {
    writeFileSync(config, JSON.stringify({ ...settings, state_id: "s", run_id: `r${run}`, commit_after_ms: 0 }));
    const child = spawn(process.execPath, [bin, "--config", config], { stdio: ["pipe", "ignore", "ignore"] });
    child.stdin.on("error", () => {});
    child.stdin.end(input(reachedIn(await look()), keys));
    const closed = once(child, "close");
    if (kills < mostKills) {
      await Promise.race([closed, pause(300 + random() * 1200)]);
      if (child.exitCode === null && child.kill("SIGKILL")) kills++;
    }
    const [code] = await closed;
    const lake = await look();
    await checkAgreed(lake);
    if (code !== 0) continue;
    expect(reachedIn(lake)).toBe(commits);
    const listed = manifestOf(lake).streams.flatMap(({ files }: { files: unknown[] }) => files);
    expect(parquetFiles(lake)).toHaveLength(listed.length);
    return kills;
  }
}

/** The rows of both streams are those up to the ledger's STATE, each once. */
async function checkAgreed(lake: string): Promise<void> {
  const rows = reachedIn(lake) * rowsEach;
  for (const stream of ["a", "b"]) expect(await counted(lake, stream)).toEqual([rows, rows]);
}

/** How many commits the ledger has. */
export function reachedIn(lake: string): number {
  const [entry] = manifestOf(lake).loads;
  return entry?.state ? JSON.parse(entry.state) : 0;
}
