import { describe, expect, test } from "vitest";
import { type PatternMatcher, patternMatcher } from "./matcher.ts";
import { parsePattern } from "./parse-pattern.ts";
import { patternText } from "./pattern-text.ts";

function matcherOf(pattern: string): PatternMatcher {
  const parsed = parsePattern(pattern);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return patternMatcher(parsed.node);
}

function both(matcher: PatternMatcher, text: string): boolean {
  const bytes = Buffer.from(`<${text}>`);
  const [asText, asBytes] = [matcher.matches(text), matcher.matchesBytes(bytes, 1, bytes.length - 1)];
  expect(asBytes).toBe(asText);
  return asText;
}

const texts = [
  "",
  "a",
  "ab",
  "abc",
  "aab",
  "INV-0042",
  "INV-42",
  "x@y.de",
  "é",
  "日本",
  "👧",
  "a\nb",
  "a.b",
  "07",
  "A_9",
  " ",
  "-",
  "]",
  "aaaa",
];
const patterns = [
  "a*",
  "a+b?c?",
  "INV-[0-9]{4}",
  "^INV-\\d+$",
  ".",
  "..",
  ".*",
  "(a|ab)(c|bcd)?",
  "[^a]*",
  "\\w+",
  "\\W",
  "[\\d_A-Z]+",
  "a\\.b",
  "[\\]-]",
  "(?:a{2}){1,2}",
  "[é-日]+",
  "",
  "a|",
  "\\s?",
  "a{0}",
  "\\u00e9",
];

test.each(patterns)("%s matches what a regular expression matches whole", (pattern) => {
  const expected = new RegExp(`^(?:${pattern.replace(/^\^|\$$/g, "")})$`, "u");
  const written = new RegExp(`^(?:${patternText((parsePattern(pattern) as { node: never }).node)})$`, "u");
  const matcher = matcherOf(pattern);
  for (const text of texts) {
    expect([text, both(matcher, text)]).toEqual([text, expected.test(text)]);
    expect([text, written.test(text)]).toEqual([text, expected.test(text)]);
  }
});

test("a pattern that takes other engines for ever takes no time", () => {
  const matcher = matcherOf("(a+)+b|(a|a)*c|(.*a){20}d");
  const began = process.cpuUsage();
  expect(matcher.matches("a".repeat(50_000))).toBe(false);
  expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
});

test("a pattern with more sets of states than are kept still decides", () => {
  const matcher = matcherOf("[ab]*a[ab]{12}");
  let seed = 7;
  const next = (): string => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed & 65536 ? "a" : "b";
  };
  for (let index = 0; index < 400; index++) {
    const text = Array.from({ length: 40 }, next).join("");
    expect(matcher.matches(text)).toBe(text.at(-13) === "a");
  }
});

describe("what can't be used is refused with its place", () => {
  test.each([
    ["(a)\\1", "\\1, which can't be used, at character 5"],
    ["(?=a)", "look-around and named groups can't be used, (? at character 2"],
    ["a**", "a second count at character 4"],
    ["*a", "a * with nothing before it at character 1"],
    ["a{300}", "a count above 255 at character 2"],
    ["(a", "a ( without its ) at character 3"],
    ["a)", "a ) without its ( at character 2"],
    ["[a", "a [ without its ] at character 3"],
    ["a^b", "a ^ that is not at the start (a value must match whole) at character 2"],
    ["\\b", "\\b, which can't be used, at character 2"],
    ["((a{255}){255}){255}", "it stands for too many characters; use smaller counts"],
  ])("%s", (pattern, problem) => {
    expect(parsePattern(pattern)).toEqual({ problem });
  });
});
