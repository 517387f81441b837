/**
 * Pipes between our plugins and third-party ones, for tests: data from a seed is sent through a real pipe and read back.
 * Python targets turn decimals into doubles, so decimals beyond a double are left out where one of them is the target.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exactNumber, type JsonSchema, parseExact, type Row } from "@tapline/protocol";
import { seededRandom } from "@tapline/testing/seeded-random";
import { bin, type Ended, type Executable, pipeCommands } from "./command.ts";
import { pythonProgram } from "./python.ts";
import { root } from "./repository.ts";

export interface Shop {
  schema: { type: "object"; properties: Record<string, JsonSchema> };
  keys: string[];
  rows: Row[];
}

const properties: Record<string, JsonSchema> = {
  id: { type: "integer" },
  code: { type: ["null", "integer"] },
  name: { type: ["null", "string"] },
  price: { type: ["null", "number"], multipleOf: 0.01 },
  active: { type: ["null", "boolean"] },
  day: { type: ["null", "string"], format: "date" },
  changed: { type: ["null", "string"], format: "date-time" },
  labels: { type: ["null", "array"], items: { type: "string" } },
};
const words = ["Zürich", "", "日本", 'say "hi"', "a,b", "two\nlines", "👩‍👩‍👧", "back\\slash", "tab\there", "NULL", "0017", "true"];

/** The same rows for the same seed: awkward text, integers past 2^53, decimals past a double, every kind of NULL. */
export function shop(seed: number, count: number): Shop {
  const random = seededRandom(seed);
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)] as T;
  const digits = (length: number): string =>
    `${1 + Math.floor(random() * 9)}${Array.from({ length: length - 1 }, () => Math.floor(random() * 10)).join("")}`;
  const instant = (): string => new Date(Math.floor(random() * 4e12) - 1e12).toISOString();
  const rows = Array.from({ length: count }, (_, i): Row => {
    const label = () => pick(...words);
    return {
      id: i + 1,
      code: pick(null, exactNumber(digits(18)), exactNumber(`-${digits(16)}`), Math.floor(random() * 1000)),
      name: pick(null, `${pick(...words)} ${i}`, pick(...words)),
      price: pick(null, exactNumber(`${digits(20)}.${digits(2)}`), exactNumber(`-${digits(3)}.5`), 0),
      active: pick(null, true, false),
      day: pick(null, instant().slice(0, 10)),
      changed: pick(null, instant()),
      labels: pick(null, [], [label(), label()]),
    };
  });
  return { schema: { type: "object", properties }, keys: ["id"], rows };
}

/** tap_shop.py, written with singer-python, into one of our targets. @throws Error unless both exit with 0 */
export async function fromPython(shopData: Shop, target: Executable, config: unknown, folder: string): Promise<Ended> {
  const { schema, keys, rows } = shopData;
  writeFileSync(join(folder, "shop.json"), JSON.stringify({ stream: "shop", schema, key_properties: keys, rows }));
  const tap = [pythonProgram("singer-python", "python"), join(root, "packages/workspace/foreign/tap_shop.py")];
  const args = ["--config", file(folder, "tap.json", { path: join(folder, "shop.json") })];
  return succeed(
    await pipeCommands([...tap, ...args], [process.execPath, bin(target), "--config", file(folder, "target.json", config)], folder),
    folder,
  );
}

/** tap-csv on a CSV file into a target from PyPI. @throws Error unless both exit with 0 */
export function intoPython(shopData: Shop, target: "target-jsonl" | "target-csv", config: unknown, folder: string): Promise<Ended> {
  return pipeAlone({ ...csvTap(shopData, folder), [target]: { executable: pythonProgram(target, target), config } }, folder);
}

/** `tapline run` of tap-csv through a mapper into a target, both from PyPI. Returns stdout. @throws Error unless it exits with 0 */
export function throughMapper(shopData: Shop, mapper: unknown, destination: string, folder: string): string {
  return runTapline(
    {
      ...csvTap(shopData, folder),
      "map-shop": { executable: pythonProgram("mapper", "meltano-map-transform"), config: mapper },
      "target-jsonl": {
        executable: pythonProgram("target-jsonl", "target-jsonl"),
        config: { destination_path: destination, do_timestamp_file: false },
      },
    },
    folder,
  );
}

/** The project entry of a tap-csv that reads the shop. */
export function csvTap(shopData: Shop, folder: string): Plugins {
  const path = join(folder, "shop.csv");
  writeFileSync(path, csvOf(shopData));
  return { "tap-csv": { executable: bin("tap-csv"), config: { infer: "full", files: [{ entity: "shop", path, keys: ["id"] }] } } };
}

/** Plugins by name, in the order of the pipe. */
export type Plugins = Record<string, { executable: string; config: unknown; select?: string[] }>;

/** `tapline run` of these plugins. Returns stdout. @throws Error unless it exits with 0 */
export function runTapline(plugins: Plugins, folder: string): string {
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
  const args = [bin("tapline"), "run", ...Object.keys(plugins), "--json"];
  return execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** The first plugin into the second through a pipe of the shell. @throws Error unless both exit with 0 */
export async function pipeAlone(plugins: Plugins, folder: string): Promise<Ended> {
  const commands = Object.entries(plugins).map(([name, { executable, config }]) => [
    ...(executable.endsWith(".js") ? [process.execPath] : []),
    executable,
    "--config",
    file(folder, `${name}.json`, config),
  ]);
  const [tap, target] = commands as [string[], string[]];
  return succeed(await pipeCommands(tap, target, folder), folder);
}

/** The part of the shop that a CSV file can express and a Python target, which turns decimals into doubles, can keep. */
export function flatShop(seed: number, count: number): Shop {
  const { schema, keys, rows } = shop(seed, count);
  const { labels: _, ...flat } = schema.properties;
  const cut = ({ labels: _labels, ...row }: Row): Row => ({
    ...row,
    name: row.name === "" ? null : row.name,
    price: row.price === null ? null : Math.round(Number(row.id) * 12.34) / 100,
  });
  return { schema: { type: "object", properties: flat }, keys, rows: rows.map(cut) };
}

/** The rows of the only file in a folder whose name starts with `stream` and ends with .jsonl. */
export function jsonLines(folder: string, stream: string): Row[] {
  const name = readdirSync(folder).find((candidate) => candidate.startsWith(stream) && candidate.endsWith(".jsonl"));
  if (name === undefined) throw new Error(`there is no file of stream ${stream} in ${folder}`);
  return readFileSync(join(folder, name), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseExact(line) as Row);
}

function csvText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function csvOf({ schema, rows }: Shop): string {
  const columns = Object.keys(schema.properties);
  const cell = (value: unknown): string => (typeof value === "string" ? `"${value.replaceAll('"', '""')}"` : csvText(value));
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function file(folder: string, name: string, content: unknown): string {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
}

function succeed(ended: Ended & { leftCode: number }, folder: string): Ended {
  const printed = `${readFileSync(join(folder, "left.err"), "utf8").slice(-1000)}\n${ended.stderr.slice(-1000)}`;
  if (ended.code !== 0 || ended.leftCode !== 0)
    throw new Error(`the tap ended with ${ended.leftCode}, the target with ${ended.code}: ${printed}`);
  return ended;
}
