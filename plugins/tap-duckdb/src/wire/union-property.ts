/** The schema of a column that has one type in one file and another type in the next: it allows the values of both. Pure. */
import { stringifyOrdered } from "@tapline/protocol";
import { exactNumber, type JsonSchema } from "@tapline/sdk";

/** The first one where it allows all of the second. Descriptions are those of the first. */
export function unionProperty(a: JsonSchema, b: JsonSchema): JsonSchema {
  const description = a.description === undefined ? {} : { description: a.description };
  const [first, second] = [plain(a), plain(b)];
  if (first.types.length === 0 || second.types.length === 0) return { ...description };
  const types = joined(first, second);
  return { ...types, ...(isNullable(a) || isNullable(b) ? { type: ["null", ...[types.type].flat()] as string[] } : {}), ...description };
}

interface Plain {
  types: string[];
  rest: JsonSchema;
}

function plain({ type, description: _, ...rest }: JsonSchema): Plain {
  return { types: [type ?? []].flat().filter((one) => one !== "null"), rest };
}

const isNullable = ({ type }: JsonSchema): boolean => [type ?? []].flat().includes("null");

const key = ({ types, rest }: Plain): string => stringifyOrdered([types, rest]);

function joined(a: Plain, b: Plain): JsonSchema & { type: string | string[] } {
  const types = [...new Set([...a.types, ...b.types])];
  const only = types.length === 1 ? (types[0] as string) : types;
  if (key(a) === key(b)) return { type: only, ...a.rest };
  if (types.every((type) => type === "integer")) return { type: "integer", ...hugeBounds };
  if (types.every((type) => type === "integer" || type === "number")) return number(a, b);
  // Parts, formats and bounds of one do not hold for the other.
  return { type: only };
}

const hugeBounds: JsonSchema = { minimum: -(2 ** 127), maximum: exactNumber("170141183460469231731687303715884105727") as never };

const mostDigits = 38;

/** Decimals and integers together are a decimal with the digits of both, where a database has so many. */
function number(a: Plain, b: Plain): JsonSchema & { type: string } {
  const [x, y] = [digits(a), digits(b)];
  if (x === undefined || y === undefined) return { type: "number" };
  const scale = Math.max(x.scale, y.scale);
  const precision = Math.max(x.whole, y.whole) + scale;
  return precision > mostDigits ? { type: "number" } : { type: "number", "x-singer.decimal": true, precision, scale };
}

/** Undefined: a number without a limit of its digits. */
function digits({ types, rest }: Plain): { whole: number; scale: number } | undefined {
  if (types[0] === "integer") return { whole: rest.maximum === undefined ? 19 : mostDigits, scale: 0 };
  const { precision, scale } = rest as { precision?: number; scale?: number };
  return precision === undefined || scale === undefined ? undefined : { whole: precision - scale, scale };
}
