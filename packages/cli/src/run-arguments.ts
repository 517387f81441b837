/**
 * Takes `--full-refresh [STREAM…]` out of the arguments, because oclif knows no flags with an optional value. Names after it are streams if
 * what to run was named before it: `tapline run shop --full-refresh orders items`.
 */

export interface RunArguments {
  rest: string[];
  fullRefresh: boolean | string[];
}

export function splitFullRefresh(argv: readonly string[]): RunArguments {
  const at = argv.findIndex((word) => word === "--full-refresh" || word.startsWith("--full-refresh="));
  if (at < 0) return { rest: [...argv], fullRefresh: false };
  const [, inline] = (argv[at] as string).split("=", 2);
  const before = argv.slice(0, at);
  const after = argv.slice(at + 1);
  if (inline !== undefined) return { rest: [...before, ...after], fullRefresh: inline.split(",").filter((name) => name !== "") };
  const isNamed = before.some((word, index) => !word.startsWith("-") && !(before[index - 1] ?? "").startsWith("-"));
  const end = after.findIndex((word) => word.startsWith("-"));
  const streams = isNamed ? after.slice(0, end < 0 ? after.length : end) : [];
  return { rest: [...before, ...after.slice(streams.length)], fullRefresh: streams.length === 0 ? true : streams };
}

/** "90", "90s", "15m" or "2h" in milliseconds; undefined: it is something else. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (number === undefined || Number(number) <= 0) return undefined;
  return Number(number) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as "ms" | "s" | "m" | "h"];
}

/** Whether it is a day or an instant of ISO 8601. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text) && !Number.isNaN(Date.parse(text));
}
