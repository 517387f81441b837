/**
 * Takes `--full-refresh [STREAM…]` and `--replace [STREAM…]` out of the arguments, because oclif knows no flags with an optional value.
 * Names after them are streams if what to run was named before: `tapline run shop --full-refresh orders items`.
 */
import { parseDuration } from "@tapline/runner";
import { usage } from "./usage.ts";

export interface RunArguments {
  rest: string[];
  fullRefresh: boolean | string[];
  /** true: the tables of all streams. */
  replace: boolean | string[];
}

/** Names after either flag count for both, so that a stream whose table is replaced is read from its beginning. */
export function splitStreamFlags(argv: readonly string[]): RunArguments {
  const { rest: others, streams: replaced } = splitFlag(argv, "--replace");
  const { rest, streams: fullRefresh } = splitFlag(others, "--full-refresh");
  if (replaced === true) return { rest, fullRefresh, replace: fullRefresh === false ? true : fullRefresh };
  return { rest, fullRefresh: fullRefresh === true && replaced !== false ? replaced : fullRefresh, replace: replaced };
}

/** `streams` true: the flag has no names; false: the flag is not there. */
function splitFlag(argv: readonly string[], flag: string): { rest: string[]; streams: boolean | string[] } {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return { rest: [...argv], streams: false };
  const [, inline] = (argv[at] as string).split("=", 2);
  const before = argv.slice(0, at);
  const after = argv.slice(at + 1);
  if (inline !== undefined) return { rest: [...before, ...after], streams: inline.split(",").filter((name) => name !== "") };
  const isNamed = before.some((word, index) => !word.startsWith("-") && !(before[index - 1] ?? "").startsWith("-"));
  const end = after.findIndex((word) => word.startsWith("-"));
  const streams = isNamed ? after.slice(0, end < 0 ? after.length : end) : [];
  return { rest: [...before, ...after.slice(streams.length)], streams: streams.length === 0 ? true : streams };
}

/** Milliseconds. @throws duration_invalid */
export function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw usage.duration_invalid({ value: text });
  return ms;
}

/**
 * `--request FILE` stands in place of all words and flags that say what to run, so oclif, which asks for a word, does not see it.
 * undefined: it is not there. @throws arguments_invalid
 */
export function requestIn(argv: readonly string[]): { path: string; json: boolean; quiet: boolean } | undefined {
  const at = argv.indexOf("--request");
  if (at < 0) return undefined;
  const [path] = argv.slice(at + 1);
  const others = argv.filter((_, index) => index !== at && index !== at + 1);
  const extra = others.find((word) => !["--json", "--quiet", "-q"].includes(word));
  const invalid = (reason: string): Error => usage.arguments_invalid({ reason, command: "tapline run" });
  if (path === undefined) throw invalid("--request needs a file, or - for stdin");
  if (extra !== undefined) throw invalid(`--request says all of what to run, so ${extra} can't be given with it`);
  return { path, json: others.includes("--json"), quiet: others.some((word) => word === "--quiet" || word === "-q") };
}
