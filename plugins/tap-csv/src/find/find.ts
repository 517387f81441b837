/** Finds the files of each stream: by its path, or in the inbox by file name and header. */
import { basename } from "node:path";
import { type Log, nameMatcher, type Position, TaplineError } from "@tapline/sdk";
import { type Config, type FileSettings, givenLayout } from "../config.ts";
import { errors } from "../errors.ts";
import { detectFile, type GivenLayout } from "../excel/detect-file.ts";
import { type InputFile, nameOf } from "../source/source.ts";
import { listInputs } from "./list.ts";

export interface FoundStream {
  readonly settings: FileSettings;
  /** Sorted by name. Empty only when the inbox has no file for the stream, which is logged as a warning. */
  readonly inputs: readonly InputFile[];
}

export interface FindContext {
  log: Log;
  /** A stream may have no files. */
  mayBeMissing?: boolean;
  /** Which files to look at. Default: all. */
  takes?: (input: InputFile) => Promise<boolean>;
  /** Gets each file of the inbox that matches no stream. Default: it is logged as a warning. */
  onUnknown?: (input: InputFile) => void;
}

type Places = Pick<Config, "inbox" | "root">;

/** @throws stream_without_source, inbox_not_given, file_matches_twice and the errors of `listInputs` and `detectFile` */
export async function findStreams(all: readonly FileSettings[], config: Places, context: FindContext): Promise<FoundStream[]> {
  const { log, mayBeMissing = false, takes } = context;
  for (const { entity, path, match } of all) {
    if ((path === undefined) === (match === undefined))
      throw errors.stream_without_source({ both: path !== undefined }, { stream: entity });
    if (match !== undefined && config.inbox === undefined) throw errors.inbox_not_given({}, { stream: entity });
  }
  const matching = all.filter(({ match }) => match !== undefined);
  const inInbox = matching.length === 0 ? new Map() : await sortInbox(matching, config, context);
  const found: FoundStream[] = [];
  for (const settings of all) {
    const { entity, path } = settings;
    const listed =
      path === undefined
        ? (inInbox.get(entity) ?? [])
        : await listInputs(path, { root: config.root, position: { stream: entity }, mayBeMissing });
    const inputs = path === undefined || takes === undefined ? listed : await taken(listed, takes);
    if (inputs.length === 0 && !mayBeMissing)
      log("warning", `no file in the inbox matches the stream ${JSON.stringify(entity)}, so it has no rows`);
    found.push({ settings, inputs });
  }
  return found;
}

async function taken(inputs: readonly InputFile[], takes: (input: InputFile) => Promise<boolean>): Promise<InputFile[]> {
  const isTaken = await Promise.all(inputs.map(takes));
  return inputs.filter((_, index) => isTaken[index]);
}

/** Assigns each file of the inbox to at most one stream. */
async function sortInbox(
  streams: readonly FileSettings[],
  config: Places,
  { log, takes, mayBeMissing, onUnknown = (input) => log("warning", `${nameOf(input)} matches no stream and is not read`) }: FindContext,
): Promise<Map<string, InputFile[]>> {
  const found = new Map<string, InputFile[]>();
  const headerNames = headerCache();
  const matchers = streams.map((settings) => ({ settings, matches: matcherOf(settings, headerNames) }));
  const listed = await listInputs(config.inbox ?? [], { root: config.root, position: {}, mayBeEmpty: true });
  for (const input of takes === undefined ? listed : await taken(listed, takes)) {
    let owner: string | undefined;
    for (const { settings, matches } of matchers) {
      const isMatch = matches(input);
      // The header of a file that is still being written can't be read.
      if (!(await (mayBeMissing && takes === undefined ? isMatch.catch(noMatchOf) : isMatch))) continue;
      const { entity } = settings;
      if (owner !== undefined) throw errors.file_matches_twice({ file: nameOf(input), first: owner, second: entity });
      owner = entity;
    }
    if (owner === undefined) onUnknown(input);
    else found.set(owner, [...(found.get(owner) ?? []), input]);
  }
  return found;
}

function noMatchOf(error: unknown): false {
  if (error instanceof TaplineError) return false;
  throw error;
}

/** Checks the name first: a file whose name does not match is not opened. */
function matcherOf(settings: FileSettings, headerNames: HeaderNames): (input: InputFile) => Promise<boolean> {
  const { entity, match } = settings;
  const names = match?.name === undefined ? undefined : [match.name].flat().map(nameMatcher);
  return async (input) => {
    const name = basename(nameOf(input));
    if (names !== undefined && !names.some((matches) => matches(name))) return false;
    if (match?.header === undefined) return true;
    const header = await headerNames(input, givenLayout(settings), { stream: entity, file: nameOf(input) });
    return match.header.every((wanted) => header.has(wanted));
  };
}

type HeaderNames = (input: InputFile, given: GivenLayout, position: Position) => Promise<ReadonlySet<string>>;

/** Reads the names in a file's header, once for all streams that read it the same way. */
function headerCache(): HeaderNames {
  const seen = new Map<string, ReadonlySet<string>>();
  return async (input, given, position) => {
    const key = JSON.stringify([nameOf(input), given]);
    const names = seen.get(key) ?? new Set((await detectFile(input, given, position)).names.map((name) => name.trim()));
    seen.set(key, names);
    return names;
  };
}
