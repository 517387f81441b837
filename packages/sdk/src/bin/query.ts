/** Answers `--query FILE`: the rows of a target as JSON lines on stdout, as many at a time as fit in little memory. */
import { type Query, readQuery, writeQueryRow } from "@tapline/protocol";
import { readJsonObject } from "../config/read.ts";
import { errors } from "../errors.ts";
import type { Target } from "../target/define.ts";
import { Stopped } from "../target/load.ts";
import type { RowReader } from "../target/query.ts";
import { Output } from "./output.ts";
import type { PluginRun } from "./run-plugin.ts";

/** How long a stopped target waits for its database to cancel the statement. */
const patienceMs = 5000;

/** @throws usage, what the target's query throws, Stopped */
export async function answerQuery(target: Target, path: string, run: PluginRun<Record<string, unknown>>): Promise<void> {
  const { signal } = run;
  if (target.query === undefined) throw errors.usage({ plugin: target.name, reason: `${target.name} can't show rows: it has no --query` });
  const query = readQuery(await readJsonObject(path));
  if (query === undefined) throw errors.usage({ plugin: target.name, reason: `The file of --query, ${path}, does not hold a query` });
  signal.addEventListener("abort", () => setTimeout(run.dieOfSignal, patienceMs).unref());
  try {
    await using reader = await target.query(run.config, query, signal);
    await print(reader, query);
  } catch (error) {
    throw signal.aborted ? new Stopped() : error;
  }
}

async function print(reader: RowReader, { limit = Number.POSITIVE_INFINITY }: Query): Promise<void> {
  const output = new Output();
  const write = (lines: readonly string[]): Promise<void> => output.write(Buffer.from(lines.map((line) => `${line}\n`).join("")));
  const { columns } = reader;
  await write([JSON.stringify({ columns })]);
  let rows = 0;
  for (let most = firstRows; rows < limit; ) {
    const next = await reader.read(Math.min(most, limit - rows));
    if (next.length === 0) break;
    const lines = next.map(writeQueryRow);
    await write(lines);
    rows += next.length;
    most = rowsThatFit(lines);
  }
  // The reader can show these rows while the others are counted.
  await output.written();
  const more = rows < limit ? 0 : await reader.countRest();
  await write([JSON.stringify({ rows, more })]);
  await output.written();
}

const firstRows = 100;
const mostRows = 2000;
const wantedCharacters = 256 * 1024;

/** How many rows like these make a piece of the wanted size. */
function rowsThatFit(lines: readonly string[]): number {
  const characters = lines.reduce((sum, line) => sum + line.length, 0) / lines.length;
  return Math.max(1, Math.min(mostRows, Math.floor(wantedCharacters / characters)));
}
