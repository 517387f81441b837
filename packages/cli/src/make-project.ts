/** Makes a project from files and a database that a person named: `tapline init --from`, or its questions. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseEnv } from "node:util";
import {
  binFoldersAbove,
  checkKeys,
  configOf,
  describeColumns,
  filesOf,
  isKeyName,
  makeBriefProject,
  openProjectOrEmpty,
  type ProposedStream,
  pathsOf,
  projectText,
  proposeSource,
  proposeTarget,
  readAddress,
  type SourceProposal,
  shownAddress,
  splitPassword,
  writtenPath,
  writtenSetting,
} from "@tapline/runner";
import type { Questions } from "./init-questions.ts";
import { describeLeft } from "./load-hints.ts";
import { exitCodes, printFailure } from "./outcome.ts";
import { ownBinFolders } from "./plugin-folders.ts";
import { catchSignals, caughtSignal, releaseSignals } from "./signals.ts";
import { projectSchemaUrl, writeSample } from "./starter.ts";
import { clean } from "./terminal.ts";
import { usage } from "./usage.ts";
import { addLines, writeNew } from "./write-new.ts";

export interface NewProjectOptions {
  folder: string;
  from?: string[] | undefined;
  to?: string | undefined;
  keys?: string[] | undefined;
  name?: string | undefined;
  isAsking: boolean;
}

/** Resolves to the exit code. Nothing is written before everything is known. */
export async function makeProject(options: NewProjectOptions): Promise<number> {
  const { folder, name, isAsking } = options;
  const questions = isAsking ? (await import("./questions.ts")).terminalQuestions : undefined;
  const asked = await (options.from === undefined
    ? questions?.source((text) => void readAddress(atHome(text), folder, { mustExist: true }))
    : undefined);
  const typed = options.from ?? [atHome(asked ?? "")];
  const sources = typed.filter((text) => text !== "");
  if (sources.length === 0) return writeSample(folder, name ?? "items");
  const found = await lookAt(sources, folder);
  if ("failure" in found) {
    printFailure(found.failure);
    return found.failure.code === "run_stopped" ? exitCodes[caughtSignal()] : exitCodes.failed;
  }
  if (found.left.length > 0) process.stderr.write(`${clean(describeLeft(found.left))}\n`);
  for (const stream of found.streams) process.stderr.write(`${clean(describeColumns(stream))}\n`);
  const job = name ?? jobName(found.streams, folder);
  const database = await chooseDatabase(options, job, questions);
  const keys = await chooseKeys(found, options.keys ?? [], questions);
  const target = {
    name: database.target,
    config: { [database.opening.setting]: writtenSetting(database.opening, database.address, folder) },
  };
  const tap = { name: found.tap, config: tapConfig(found, keys, folder) };
  const text = projectText({ job, tap, target, streams: found.streams, schemaUrl: projectSchemaUrl });
  if ((await questions?.agrees(text)) === false) throw usage.init_cancelled({});
  if (database.secret !== undefined) addLines(folder, ".env", [`${database.secret.variable}=${database.secret.value}`], 0o600);
  addLines(folder, ".gitignore", [".tapline/", "output/", ".env", "node_modules/"]);
  writeNew(folder, "tapline.yml", text);
  process.stdout.write(`\nNext: tapline run ${job}\n`);
  return exitCodes.done;
}

/** No shell replaces what is typed as an answer. */
const atHome = (text: string): string => text.replace(/^~(?=\/|$)/, () => homedir());

async function lookAt(sources: readonly string[], folder: string): ReturnType<typeof proposeSource> {
  const base = openProjectOrEmpty(folder);
  using brief = makeBriefProject(base);
  const binFolders = [...binFoldersAbove(folder), ...ownBinFolders];
  const { asked: stop } = catchSignals();
  try {
    return await proposeSource(brief, base, {
      ...{ sources, folder, binFolders, stop },
      onEvent(event) {
        if (event.kind === "log" && event.level === "warning") process.stderr.write(`${clean(event.message)}\n`);
      },
    });
  } finally {
    releaseSignals();
  }
}

interface ChosenDatabase extends Awaited<ReturnType<typeof proposeTarget>> {
  /** A password, which goes to .env. */
  secret: { variable: string; value: string } | undefined;
}

async function chooseDatabase({ folder, to }: NewProjectOptions, job: string, questions: Questions | undefined): Promise<ChosenDatabase> {
  const proposed = `duckdb:output/${job}.duckdb`;
  const check = (text: string): void => void readAddress(text, folder, { mustExist: false });
  const typed = to ?? (await questions?.database(proposed, check)) ?? proposed;
  const variable = freeVariable(folder, `${job.replaceAll(/\W/g, "_").toUpperCase()}_PASSWORD`);
  const split = splitPassword(typed, variable);
  const choose = (text: string) =>
    proposeTarget(openProjectOrEmpty(folder), { address: text, folder, binFolders: [...binFoldersAbove(folder), ...ownBinFolders] });
  if (split !== undefined) return { ...(await choose(split.address)), secret: { variable, value: encoded(split.password) } };
  const chosen = await choose(typed);
  // A user without a password.
  const [, start, rest] = /^([a-z][a-z0-9+.-]*:\/\/[^\s:/@]+)(@.*)$/i.exec(typed) ?? [];
  const password = start === undefined ? "" : ((await questions?.password(shownAddress({ text: typed }))) ?? "");
  if (password === "") return { ...chosen, secret: undefined };
  return { ...(await choose(`${start}:$${variable}${rest}`)), secret: { variable, value: encodeURIComponent(password) } };
}

/** As it must be in a URL. What is percent-encoded already stays. */
function encoded(password: string): string {
  return password.replaceAll(/%(?![0-9a-f]{2})|[^A-Za-z0-9._~%-]/gi, (mark) => encodeURIComponent(mark));
}

function freeVariable(folder: string, wanted: string): string {
  const path = join(folder, ".env");
  const known = existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}_${count}`;
    if (!Object.hasOwn(known, name) && process.env[name] === undefined) return /^\d/.test(name) ? `_${name}` : name;
  }
}

/** By stream. */
async function chooseKeys(
  { streams, opening }: SourceProposal,
  typed: readonly string[],
  questions: Questions | undefined,
): Promise<Map<string, string[]>> {
  const keys = new Map<string, string[]>();
  if (opening.keys === undefined) return keys;
  const given = typed.map((text) => readKeys(text, streams));
  for (const stream of streams) {
    const check = (columns: readonly string[]): void => checkKeys(stream, columns);
    const own = given.find((each) => each.stream === stream.name) ?? given.find((each) => each.stream === undefined);
    const proposed = stream.keyCandidates.filter(isKeyName).slice(0, 1);
    const chosen = own?.columns ?? (await questions?.keys(stream, check)) ?? proposed;
    check(chosen);
    keys.set(stream.name, chosen);
    if (own === undefined && questions === undefined) process.stderr.write(`${clean(describeChoice(stream, chosen))}\n`);
  }
  return keys;
}

function describeChoice({ name, keyCandidates, comparedRows }: ProposedStream, chosen: readonly string[]): string {
  const rows = comparedRows === undefined ? "its first rows" : `its first ${comparedRows} rows`;
  if (chosen.length > 0)
    return `${name}: the key is ${chosen.join(", ")}, because no two of ${rows} have the same; --keys ${name}=COLUMN sets another one`;
  const others = keyCandidates.length === 0 ? "" : `; the first values differ in ${keyCandidates.join(", ")}`;
  return `${name}: no key was found, so rows are only added; --keys ${name}=COLUMN sets one${others}`;
}

/** `COLUMN,…` or `STREAM=COLUMN,…` */
function readKeys(text: string, streams: readonly ProposedStream[]): { stream: string | undefined; columns: string[] } {
  const named = streams.find(({ name }) => text.startsWith(`${name}=`));
  const columns = (named === undefined ? text : text.slice(named.name.length + 1)).split(",").map((key) => key.trim());
  return { stream: named?.name, columns: columns.filter((key) => key !== "") };
}

function tapConfig(
  { opening, openings, config, streams }: SourceProposal,
  keys: ReadonlyMap<string, string[]>,
  folder: string,
): Record<string, unknown> {
  if (config !== undefined) return config;
  const chosen = streams.map(({ name, files }) => ({
    name,
    files: opening.patterns === true ? pathsOf(files, besides(files, openings)) : files,
    keys: keys.get(name) ?? [],
  }));
  return configOf(opening, chosen, (path) => writtenPath(path, folder));
}

/** All files in the folder of these that the tap could read. */
function besides([first]: readonly string[], openings: SourceProposal["openings"]): string[] {
  if (first === undefined) return [];
  const folder = readAddress(dirname(first), "/", { mustExist: true });
  return openings.flatMap((opening) => filesOf(opening, folder));
}

function jobName(streams: readonly ProposedStream[], folder: string): string {
  const name = streams.length === 1 ? (streams[0]?.name ?? "") : basename(folder);
  const plain = name
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z0-9_-]+/g, "_")
    .replaceAll(/^[_-]+|[_-]+$/g, "");
  return plain === "" ? "load" : plain;
}
