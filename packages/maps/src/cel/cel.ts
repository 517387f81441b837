/** Expressions in CEL, the Common Expression Language. Loaded only where a map asks for it. */
import { limits } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";
import type { ResultType } from "../language/infer.ts";
import type { Reads } from "../language/reads.ts";
import { DateOnly, DateTime } from "../values/date-time.ts";
import { Decimal } from "../values/decimal.ts";
import { floatOf } from "../values/numbers.ts";
import { Tuple, type Value } from "../values/value.ts";

type Library = typeof import("@marcbachmann/cel-js");
type Tree = ReturnType<Library["parse"]>["ast"];

export interface CelExpression {
  reads: Reads;
  type: ResultType;
  /** `names` are those that it uses, with their values. @throws ExpressionError */
  evaluate(names: ReadonlyMap<string, Value>): Value;
  /** All names in it that are not those of its own macros. */
  names: readonly string[];
}

export type Cel = (source: string) => CelExpression;

const resultTypes: Readonly<Record<string, ResultType>> = {
  string: "string",
  int: "integer",
  uint: "integer",
  double: "number",
  bool: "boolean",
  "google.protobuf.Timestamp": "date-time",
};

export async function loadCel(): Promise<Cel> {
  const { Environment } = await import("@marcbachmann/cel-js");
  const bounds = { maxAstNodes: 2000, maxDepth: limits.depth, maxListElements: 1000, maxMapEntries: 1000, maxCallArguments: 32 };
  const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, limits: bounds });
  return (source) => {
    if (source.length > limits.expression) throw new ExpressionError(`it is longer than ${limits.expression} characters`);
    const program = guarded(() => environment.parse(source));
    const { type = "dyn", valid, error } = program.check();
    if (!valid) throw placed(error);
    const names = [...namesIn(program.ast)];
    return {
      names,
      reads: names.includes("record") || names.includes("_") ? "all" : new Set(names),
      type: resultTypes[type] ?? (type.startsWith("list") ? "array" : type.startsWith("map") ? "object" : "any"),
      evaluate: (values) =>
        guarded(() => toValue(program(Object.fromEntries([...values].map(([name, value]) => [name, fromValue(value)]))))),
    };
  };
}

/** Names of macros, such as i in `list.map(i, i * 2)`, are among them; no property is read for one that no record has. */
function* namesIn(tree: Tree): Generator<string> {
  if (tree.op === "id") yield tree.args;
  else
    for (const child of [tree.args].flat(3))
      if (typeof child === "object" && child !== null && "op" in child) yield* namesIn(child as Tree);
}

function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof ExpressionError ? error : placed(error);
  }
}

/** The library's messages show the whole expression below their first line. */
function placed(error: unknown): ExpressionError {
  const { message = String(error), range } = error as { message?: string; range?: { start: number } };
  return new ExpressionError(message.split("\n")[0] as string, range?.start);
}

function fromValue(value: Value): unknown {
  if (value instanceof Decimal) return floatOf(value);
  if (Array.isArray(value)) return value.map(fromValue);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, fromValue(item)]));
  return value;
}

function toValue(value: unknown): Value {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return new DateTime(BigInt(value.getTime()) * 1000n, 0n);
  if (Array.isArray(value)) return value.map(toValue);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [toValue(key), toValue(item)]));
  if (value instanceof DateOnly || value instanceof DateTime || value instanceof Tuple) return value;
  if (["string", "boolean", "bigint", "number"].includes(typeof value)) return value as Value;
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype)
    return new Map(Object.entries(value).map(([key, item]) => [key, toValue(item)]));
  const plain = (value as { valueOf(): unknown }).valueOf();
  if (typeof plain === "bigint") return plain;
  throw new ExpressionError(`a ${(value as object).constructor?.name ?? "value"} can't be stored: convert it with string(…)`);
}
