/**
 * Takes `--full-refresh [STREAM…]` and `--replace [STREAM…]` out of the arguments, because oclif knows no flags with an optional value.
 * Names after them are streams if what to run was named before: `tapline run shop --full-refresh orders items`.
 */
import { usage } from "./usage.ts";

export interface RunArguments {
  rest: string[];
  fullRefresh: boolean | string[];
  /** true: the tables of all streams. */
  replace: boolean | string[];
}

/** Names after either flag count for both, so that a stream whose table is replaced is read from its beginning. @throws usage */
export function splitStreamFlags(argv: readonly string[]): RunArguments {
  const { rest: others, streams: replaced } = splitFlag(argv, "--replace");
  const { rest, streams: fullRefresh } = splitFlag(others, "--full-refresh");
  if (replaced === false) return { rest, fullRefresh, replace: false };
  if (fullRefresh === false) throw usage.replace_alone({});
  if (replaced === true) return { rest, fullRefresh, replace: fullRefresh };
  const missing = fullRefresh === true ? undefined : replaced.find((name) => !fullRefresh.includes(name));
  if (missing !== undefined) throw usage.replace_not_read({ stream: missing });
  return { rest, fullRefresh: fullRefresh === true ? replaced : fullRefresh, replace: replaced };
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

/** "90", "90s", "15m" or "2h" in milliseconds; undefined: it is something else. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined || Number(number) <= 0) return undefined;
  return Number(number) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as "ms" | "s" | "m" | "h"];
}

/** Milliseconds. @throws duration_invalid */
export function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw usage.duration_invalid({ value: text });
  return ms;
}

/** Whether it is a day or an instant of ISO 8601. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text) && !Number.isNaN(Date.parse(text));
}
