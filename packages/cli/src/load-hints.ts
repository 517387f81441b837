/** What a person may type after `tapline load`: keys for a table, and what to do about a failure. Pure. */
import { basename, relative } from "node:path";
import type { SettingSchema } from "@tapline/protocol";
import { type Failure, type ProposedStream, quoteWord, streamsOfFiles } from "@tapline/runner";

/** In fewer rows, values that all differ show little. */
const enoughRows = 100;

export interface LoadWords {
  sources: readonly string[];
  /** As it may be shown: without a password. */
  address: string;
  stream?: string | undefined;
  tap?: string | undefined;
  target?: string | undefined;
  keys?: string | undefined;
}

/** The command that loads the same again. */
export function loadCommand({ sources, address, keys, stream, tap, target }: LoadWords): string {
  const flags = Object.entries({ keys, stream, tap, target }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoteWord(value)}`],
  );
  return ["tapline load", ...[...sources, address].map(quoteWord), ...flags].join(" ");
}

/** For each table without keys: the columns that may be its key, and the command that sets one. */
export function keyHints(streams: readonly ProposedStream[], words: LoadWords, folder: string): string[] {
  return streams.flatMap((stream) => {
    const { name, keyCandidates, comparedRows = 0 } = stream;
    const [likely] = keyCandidates;
    if (likely === undefined) return [];
    const rows = comparedRows === 0 ? "the first rows" : `the first ${comparedRows} rows`;
    const where = stream.files.length > 1 ? `${rows} of its ${stream.files.length} files` : rows;
    const columns = keyCandidates.map((column, index) => (index === 0 ? column : `the same ${column}`)).join(" or ");
    const isLikely = comparedRows >= enoughRows;
    const own = streams.length === 1 ? words : ofStream(stream, words, folder);
    const command = `${loadCommand(own)} --replace --keys ${isLikely ? quoteWord(likely) : "COLUMN"}`;
    return [
      `${name} has no keys, so changed rows can't be updated. In ${where}, no two have the same ${columns}. If ${isLikely ? likely : "one"} identifies a row: ${command}`,
    ];
  });
}

/** The words that load this stream alone. */
function ofStream({ name, files }: ProposedStream, words: LoadWords, folder: string): LoadWords {
  const isNamedSo = files.length === 1 && streamsOfFiles(files)[0]?.name === name;
  return { ...words, sources: files.map((file) => relative(folder, file)), stream: isNamedSo ? undefined : name };
}

/** These failures concern rows that were loaded before, by a load without keys. */
const codesOfChangedRows = ["file_rewritten", "version_would_append"];

export function hintOfChangedRows({ code }: Pick<Failure, "code">): string | undefined {
  if (!codesOfChangedRows.includes(code)) return undefined;
  return "If rows of a file that was loaded before have changed: --keys COLUMN updates them by their key, --replace replaces the table, --append adds all rows again.";
}

/** Hints of plugins name the flags of `tapline run`, and settings. */
export function hintForLoad(hint: string): string {
  return hint
    .replaceAll(/--full-refresh --replace( (?!To |If )[^\s.`]+)*/g, "--replace")
    .replace(/ --keep, or changed_settings: keep for one run/, " --keep")
    .replace(/Loaded before with keys (\[.*?\]): set them again\./, (whole, list: string) => {
      try {
        return `Loaded before with --keys ${quoteWord((JSON.parse(list) as string[]).join(","))}: add it.`;
      } catch {
        return whole;
      }
    });
}

/** How to set the settings that a hint names; undefined: it names none that `load` has no flag for. */
export function hintOfSettings(hint: string, tap: string, settings: SettingSchema | undefined, words: LoadWords): string | undefined {
  const named = settingPaths(settings).find(({ name }) => {
    if (name === "keys") return false;
    return new RegExp(name.includes("_") ? `\\b${name}\\b` : `\\b(set|raise) ${name}\\b`, "i").test(hint);
  });
  if (named === undefined) return undefined;
  const project = `tapline init --from ${words.sources.map(quoteWord).join(" --from ")} --to ${quoteWord(words.address)}`;
  return `load has no flag for settings: make a project (${project}), then: tapline config set ${tap} ${named.path} VALUE`;
}

function settingPaths(schema: SettingSchema | undefined, above = ""): { name: string; path: string }[] {
  return Object.entries(schema?.properties ?? {}).flatMap(([name, inner]) => {
    const path = `${above}${name}`;
    const within = inner.items?.properties === undefined ? [] : settingPaths(inner.items, `${path}.0.`);
    return [{ name: name.replaceAll(/\W/g, "\\$&"), path }, ...within];
  });
}

export function describeLeft(files: readonly string[]): string {
  const more = files.length > 10 ? `, and ${files.length - 10} more` : "";
  return `not loaded: ${files
    .slice(0, 10)
    .map((file) => basename(file))
    .join(", ")}${more}   (to load one, name the file)`;
}
