/** Which schemas and tables are streams: names, or patterns in which `*` stands for any characters and `?` for one. Pure. */
import { Type } from "@tapline/sdk";

/** The setting: a list, or text with commas between the patterns. */
export const namePatterns = (description: string) =>
  Type.Optional(Type.Union([Type.Array(Type.String({ minLength: 1 })), Type.String()], { description }));

export function patternList(value: string | readonly string[] | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const list = typeof value === "string" ? value.split(",") : value;
  return list.map((one) => one.trim()).filter((one) => one !== "");
}

/** Takes any name where there are no patterns. Upper and lower case differ, as they do in a catalog. */
export function nameFilter(patterns: readonly string[] | undefined): (name: string) => boolean {
  if (patterns === undefined || patterns.length === 0) return () => true;
  return (name) => patterns.some((pattern) => matches(name, pattern));
}

/** The patterns that match none of the names, which a person may have spelled otherwise. */
export function unmatchedPatterns(patterns: readonly string[] | undefined, names: readonly string[]): string[] {
  return (patterns ?? []).filter((pattern) => !names.some((name) => matches(name, pattern)));
}

/** In time that grows with the product of both lengths, whatever the pattern: no regular expression is made of it. */
function matches(name: string, pattern: string): boolean {
  let [n, p] = [0, 0];
  let [starAt, starName] = [-1, 0];
  while (n < name.length) {
    if (pattern[p] === "*") {
      starAt = p++;
      starName = n;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (starAt >= 0) {
      p = starAt + 1;
      n = ++starName;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
