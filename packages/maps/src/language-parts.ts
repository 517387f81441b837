/** What the language has, for its reference: lines of Markdown. */
import { limits } from "./language/budget.ts";
import { fakeMethods } from "./values/fake.ts";
import { functions, modules } from "./values/functions.ts";
import { methodNames } from "./values/methods.ts";
import { Callable, type Value } from "./values/value.ts";

const meanings: Readonly<Record<string, string>> = {
  int: "a whole number, of a number or text (also `int(text, 16)`); fractions are cut",
  float: "a float",
  str: "text, as Python writes it",
  bool: "`False` for `None`, 0, `''` and what is empty; `True` for all else",
  md5: "the MD5 of a text in hexadecimal digits",
  sha256: "the SHA-256 of a text in hexadecimal digits",
  list: "the items of a list, a tuple, a text, or the keys of a dict",
  tuple: "the same as a tuple",
  dict: "a dict of pairs, or `dict(a=1)`",
};

const limitNames: Readonly<Record<keyof typeof limits, string>> = {
  expression: "characters of an expression",
  depth: "brackets, calls and operators inside each other",
  steps: "operations for one record",
  made: "characters and items of texts and lists that are made for one record",
  digits: "digits of a number",
};

export function languageParts(): Record<"functions" | "methods" | "fake" | "limits", string[]> {
  const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
  const ofModules = [...modules.values()].flatMap((each) => membersOf(each));
  return {
    functions: [
      ...[...functions.keys()].map((name) => `| \`${name}()\` | ${meanings[name] ?? ""} |`),
      ...ofModules.map(([name, inside]) => `| \`${name}\` | ${code(inside)} |`),
    ],
    methods: Object.entries(methodNames()).map(([of, names]) => `| ${of} | ${code([...names].sort())} |`),
    fake: [`${code(fakeMethods)}.`],
    limits: (Object.keys(limitNames) as (keyof typeof limits)[]).map(
      (name) => `| ${limitNames[name]} | ${limits[name].toLocaleString("en")} |`,
    ),
  };
}

/** `json`: dumps, loads; `datetime.date`: today, … */
function membersOf({ name, members, call }: Callable): [string, string[]][] {
  const isClass = (value: Value): value is Callable => value instanceof Callable && Object.keys(value.members).length > 0;
  const classes = Object.values(members).filter(isClass);
  const own = Object.entries(members)
    .filter(([, value]) => !isClass(value))
    .map(([each]) => each);
  const itself: [string, string[]][] =
    own.length + (call === undefined ? 0 : 1) === 0 ? [] : [[name, [...(call === undefined ? [] : [`${name}(…)`]), ...own]]];
  return [...itself, ...classes.flatMap(membersOf)];
}
