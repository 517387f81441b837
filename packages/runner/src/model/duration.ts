/** "90", "90s", "15m", "2h" or "1 d" in milliseconds; undefined: it is something else. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (number === undefined || Number(number) <= 0) return undefined;
  return Number(number) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as "ms" | "s" | "m" | "h" | "d"];
}
