/** Which files belong to which stream: those of a stream's own path, and those of a shared inbox by name and header. */
import { basename } from "node:path";
import type { Log, Position } from "@tapline/sdk";
import { type Config, type FileSettings, givenOf } from "../config.ts";
import { errors } from "../errors.ts";
import { detect, type Given } from "../sniff/detect.ts";
import { type InputFile, nameOf } from "../source/source.ts";
import { nameMatcher } from "./glob.ts";
import { listInputs } from "./list.ts";

export interface FoundStream {
  readonly settings: FileSettings;
  /** Sorted by name; none only where an inbox has no file for the stream now, which is warned of. */
  readonly inputs: readonly InputFile[];
}

/** @throws what `listInputs` and `detect` throw, stream_without_source, inbox_not_given, file_matches_twice */
export async function findStreams(all: readonly FileSettings[], config: Pick<Config, "inbox" | "root">, log: Log): Promise<FoundStream[]> {
  for (const { entity, path, match } of all) {
    if ((path === undefined) === (match === undefined))
      throw errors.stream_without_source({ both: path !== undefined }, { stream: entity });
    if (match !== undefined && config.inbox === undefined) throw errors.inbox_not_given({}, { stream: entity });
  }
  const matching = all.filter(({ match }) => match !== undefined);
  const ofInbox = matching.length === 0 ? new Map() : await sortInbox(matching, config, log);
  const found: FoundStream[] = [];
  for (const settings of all) {
    const { entity, path } = settings;
    const inputs =
      path === undefined ? (ofInbox.get(entity) ?? []) : await listInputs(path, { root: config.root, position: { stream: entity } });
    if (inputs.length === 0) log("warning", `no file in the inbox matches the stream ${JSON.stringify(entity)}`);
    found.push({ settings, inputs });
  }
  return found;
}

/** An inbox gives each of its files to at most one stream. */
async function sortInbox(
  streams: readonly FileSettings[],
  config: Pick<Config, "inbox" | "root">,
  log: Log,
): Promise<Map<string, InputFile[]>> {
  const found = new Map<string, InputFile[]>();
  const look = lookOnce();
  const matchers = streams.map((settings) => ({ settings, matches: matcherOf(settings, look) }));
  for (const input of await listInputs(config.inbox ?? [], { root: config.root, position: {}, mayBeEmpty: true })) {
    let owner: string | undefined;
    for (const { settings, matches } of matchers) {
      if (!(await matches(input))) continue;
      const { entity } = settings;
      if (owner !== undefined) throw errors.file_matches_twice({ file: nameOf(input), first: owner, second: entity });
      owner = entity;
    }
    if (owner === undefined) log("warning", `${nameOf(input)} matches no stream and is left as it is`);
    else found.set(owner, [...(found.get(owner) ?? []), input]);
  }
  return found;
}

/** By name first: a file whose name doesn't match is not opened. */
function matcherOf(settings: FileSettings, look: Look): (input: InputFile) => Promise<boolean> {
  const { entity, match } = settings;
  const names = match?.name === undefined ? undefined : [match.name].flat().map(nameMatcher);
  return async (input) => {
    const name = basename(nameOf(input));
    if (names !== undefined && !names.some((matches) => matches(name))) return false;
    if (match?.header === undefined) return true;
    const header = await look(input, givenOf(settings), { stream: entity, file: nameOf(input) });
    return match.header.every((wanted) => header.has(wanted));
  };
}

type Look = (input: InputFile, given: Given, position: Position) => Promise<ReadonlySet<string>>;

/** The names in a file's header; streams that read it the same way share the look. */
function lookOnce(): Look {
  const seen = new Map<string, ReadonlySet<string>>();
  return async (input, given, position) => {
    const key = JSON.stringify([nameOf(input), given]);
    const names = seen.get(key) ?? new Set((await detect(input, given, position)).names.map((name) => name.trim()));
    seen.set(key, names);
    return names;
  };
}
