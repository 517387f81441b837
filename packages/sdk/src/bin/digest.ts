/** Answers `--digest FILE` and `--rows FILE`: what the tables of a tap or target hold, as JSON lines on stdout. */
import { readDigestQuestion, readRowsQuestion } from "@tapline/protocol";
import { readJsonObject } from "../config/read.ts";
import type { DigestSource } from "../digest.ts";
import { errors } from "../errors.ts";
import { Stopped } from "../target/load.ts";
import { Output } from "./output.ts";
import type { PluginRun } from "./run-plugin.ts";

/** How long a stopped plugin waits for its database to cancel the statement. */
const patienceMs = 5000;

export interface Digesting<C> {
  name: string;
  digest?(config: C, signal: AbortSignal): Promise<DigestSource>;
}

/** Answers the question that the arguments ask. @returns whether there is one. @throws usage, what the plugin's digest throws, Stopped */
export async function answerDigest<C>(plugin: Digesting<C>, run: PluginRun<C>): Promise<boolean> {
  const { digest: digestPath, rows: rowsPath } = run.args;
  const path = digestPath ?? rowsPath;
  if (path === undefined) return false;
  const { config, signal } = run;
  const flag = digestPath === undefined ? "--rows" : "--digest";
  const refuse = (reason: string) => errors.usage({ plugin: plugin.name, reason });
  if (plugin.digest === undefined) throw refuse(`${plugin.name} can't compare its tables: it has no ${flag}`);
  const given = await readJsonObject(path);
  const [digest, rows] = digestPath === undefined ? [undefined, readRowsQuestion(given)] : [readDigestQuestion(given), undefined];
  if (digest === undefined && rows === undefined) throw refuse(`The file of ${flag}, ${path}, does not hold a question`);
  signal.addEventListener("abort", () => setTimeout(run.dieOfSignal, patienceMs).unref());
  try {
    await using source = await plugin.digest(config, signal);
    await print(digest === undefined ? source.rows(rows as NonNullable<typeof rows>) : source.digest(digest), signal);
  } catch (error) {
    throw signal.aborted ? new Stopped() : error;
  }
  return true;
}

async function print(answer: AsyncIterable<readonly object[]>, signal: AbortSignal): Promise<void> {
  const output = new Output();
  let rows = 0;
  const write = (lines: readonly object[]): Promise<void> =>
    output.write(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));
  for await (const lines of answer) {
    if (signal.aborted) throw new Stopped();
    for (const line of lines) rows += "rows" in line && "bucket" in line ? (line.rows as number) : 1;
    await write(lines);
  }
  await write([{ rows }]);
  await output.written();
}
