/** Answers `--digest FILE` and `--rows FILE`: what the tables of a tap or target hold, as JSON lines on stdout. */
import { readDigestQuestion, readJson, readRowsQuestion } from "@tapline/protocol";
import { readJsonObject } from "../config/read.ts";
import type { DigestSource } from "../digest.ts";
import { errors } from "../errors.ts";
import { Stopped } from "../target/load.ts";
import { Output } from "./output.ts";
import type { PluginRun } from "./run-plugin.ts";
import { standardInput } from "./standard-input.ts";

/** How long a stopped plugin waits for its database to cancel the statement. */
const patienceMs = 5000;

export interface Digesting<C> {
  name: string;
  digest?(config: C, signal: AbortSignal): Promise<DigestSource>;
}

/**
 * Answers the question that the arguments ask; with `--digest -` those of stdin, a line each, one after the other.
 * @returns whether there is one. @throws usage, what the plugin's digest throws, Stopped
 */
export async function answerDigest<C>(plugin: Digesting<C>, run: PluginRun<C>): Promise<boolean> {
  const { digest: digestPath, rows: rowsPath } = run.args;
  const path = digestPath ?? rowsPath;
  if (path === undefined) return false;
  const { config, signal } = run;
  const flag = digestPath === undefined ? "--rows" : "--digest";
  const refuse = (reason: string) => errors.usage({ plugin: plugin.name, reason });
  if (plugin.digest === undefined) throw refuse(`${plugin.name} can't compare its tables: it has no ${flag}`);
  const isTalk = digestPath === "-";
  const given = isTalk ? undefined : await readJsonObject(path);
  const answers = (source: DigestSource, question: unknown, from: string): AsyncIterable<readonly object[]> => {
    const rows = isTalk || rowsPath !== undefined ? readRowsQuestion(question) : undefined;
    if (rows !== undefined) return source.rows(rows);
    const digest = digestPath === undefined ? undefined : readDigestQuestion(question);
    if (digest === undefined) throw refuse(`${from} does not hold a question`);
    return source.digest(digest);
  };
  signal.addEventListener("abort", () => setTimeout(run.dieOfSignal, patienceMs).unref());
  try {
    await using source = await plugin.digest(config, signal);
    const output = new Output();
    if (!isTalk) await print(output, answers(source, given, `The file of ${flag}, ${path},`), signal);
    else for await (const line of linesOf(signal)) await print(output, answers(source, readJson(line), "A line of stdin"), signal);
  } catch (error) {
    throw signal.aborted ? new Stopped() : error;
  }
  return true;
}

/** A read of a file descriptor would hold the process at its end; this one does not. */
async function* linesOf(signal: AbortSignal): AsyncGenerator<string> {
  const input = standardInput()[Symbol.asyncIterator]();
  signal.addEventListener("abort", () => void input.return?.());
  const decoder = new TextDecoder();
  let rest = "";
  for (let next = await input.next(); next.done !== true; next = await input.next()) {
    const lines = (rest + decoder.decode(next.value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line.trim() !== "");
  }
  if (signal.aborted) throw new Stopped();
  if (rest.trim() !== "") yield rest;
}

async function print(output: Output, answer: AsyncIterable<readonly object[]>, signal: AbortSignal): Promise<void> {
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
