/** The evaluator ends, whatever it is given, and throws nothing but its own error. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { toText } from "../values/text.ts";
import type { Value } from "../values/value.ts";
import { limits } from "./budget.ts";
import { compile } from "./compile.ts";
import { ExpressionError } from "./expression-error.ts";
import { parse } from "./parse.ts";

const names: Readonly<Record<string, Value>> = {
  a: 3n,
  t: "héllo 😀",
  l: [1n, 2.5, "x", null],
  d: new Map<Value, Value>([["k", 1n]]),
  n: null,
  b: true,
};

function outcome(source: string): string {
  try {
    return toText(compile<null>(parse(source), (name) => (Object.hasOwn(names, name) ? () => names[name] as Value : undefined))(null));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `error: ${error.message}`;
  }
}

const pieces = [
  "a",
  "t",
  "l",
  "d",
  "n",
  "b",
  "1",
  "2.5",
  "'x'",
  '"',
  "'",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  ".",
  "+",
  "-",
  "*",
  "**",
  "/",
  "//",
  "%",
  "<",
  "==",
  "!=",
  "in",
  "not",
  "is",
  "and",
  "or",
  "if",
  "else",
  "for",
  "x",
  "lambda",
  "f'{a}'",
  "f'{",
  "split",
  "upper",
  "join",
  "replace",
  "str",
  "int",
  "json",
  "dumps",
  "datetime",
  "timedelta",
  "days=",
  "<<",
  "~",
  "\n",
  "#",
  "\\",
  "0x",
  "1e999",
  "__class__",
  "constructor",
  "😀",
];

test("any tokens end in a value or in its own error", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), fc.constantFrom(" ", ""), (words, space) => {
      expect(typeof outcome(words.join(space))).toBe("string");
    }),
    { numRuns: 4000 },
  );
});

const leaf = fc.constantFrom("a", "t", "l", "d", "n", "b", "0", "7", "2.5", "'xy'", "[]", "1e300", "99999999999999999999");
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc
      .tuple(tie("tree"), fc.constantFrom("+", "-", "*", "/", "//", "%", "**", "<", "==", "in", "and", "or", "<<", "&"), tie("tree"))
      .map(([x, operator, y]) => `(${x} ${operator} ${y})`),
    fc.tuple(tie("tree"), tie("tree"), tie("tree")).map(([x, y, z]) => `(${x} if ${y} else ${z})`),
    fc.tuple(tie("tree"), tie("tree")).map(([x, y]) => `${x}[${y}]`),
    fc.tuple(tie("tree"), tie("tree")).map(([x, y]) => `[i for i in ${x} if ${y}]`),
    fc
      .tuple(
        tie("tree"),
        fc.constantFrom("upper", "split", "strip", "keys", "count", "nope", "replace", "center", "isoformat"),
        tie("tree"),
      )
      .map(([x, method, y]) => `${x}.${method}(${y})`),
    fc
      .tuple(fc.constantFrom("str", "int", "float", "bool", "list", "json.dumps", "md5", "datetime.date.fromisoformat", "f"), tie("tree"))
      .map(([name, x]) => (name === "f" ? `f"{${x}}"` : `${name}(${x})`)),
  ),
}));

test("any expression ends in a value or in its own error", () => {
  fc.assert(
    fc.property(tree, (source) => {
      expect(typeof outcome(source)).toBe("string");
    }),
    { numRuns: 4000 },
  );
});

test.each([
  ["'x' * 10000000", "makes texts or lists"],
  ["[0] * 10000000", "makes texts or lists"],
  ["9 ** 9 ** 9 ** 9", "digits"],
  ["10 ** 10000", "digits"],
  ["1 << 100000", "shifted"],
  ["'x'.center(99999999)", "makes texts or lists"],
  ["'%999d' % 1 * 10000", "makes texts or lists"],
  ["'aaaa'.replace('', 'x' * 500000)", "makes texts or lists"],
  [`[${"[1,2,3,4,5,6,7,8,9]*9,".repeat(1)}1]${"+[1]".repeat(600)}`, "too many operators in a row"],
  ["[x for a in l*9 for b in l*9 for c in l*9 for d in l*9 for x in l*9]", "steps"],
  [`${"(".repeat(200)}1${")".repeat(200)}`, "nested deeper"],
  [`${"-".repeat(5000)}1`, "nested deeper"],
  [`${"not ".repeat(1000)}1`, "nested deeper"],
  [`a${".b".repeat(500)}`, "too many calls"],
  ["1".repeat(limits.expression + 1), "longer than"],
  ["1".repeat(5000), "digits"],
  ["'().__class__'.format(1)", "no method format"],
  ["t.__class__", "begin with _"],
  ["a.constructor", "has no constructor"],
  ["d.constructor", "has no constructor"],
  ["d['__proto__']", "no key"],
  ["open('x')", "no function open"],
  ["json.nope", "has no nope"],
  ["t.toString()", "no method toString"],
  ["md5.call", "has no call"],
])("%s is bounded or refused", (source, message) => {
  const started = process.cpuUsage();
  expect(outcome(source)).toContain(message);
  expect(process.cpuUsage(started).user).toBeLessThan(5e6);
});

test.each([
  ["a +", 3],
  ["a $ b", 2],
  ["t.nope()", 1],
  ["a / 0", 2],
  ["1 + (2 * 'x' ** 2)", 13],
  ["f'{a} {1/0}'", 8],
])("%s: the error has its place", (source, at) => {
  try {
    compile<null>(parse(source), (name) => (Object.hasOwn(names, name) ? () => names[name] as Value : undefined))(null);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ExpressionError);
    expect((error as ExpressionError).at).toBe(at);
  }
});
