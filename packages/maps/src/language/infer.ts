/** The type of an expression's result, as far as its text and the types of the properties tell; "any" where they do not. */
import type { Value } from "../values/value.ts";
import type { Node } from "./ast.ts";

export type ResultType =
  | "duration"
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "object"
  | "array"
  | "date"
  | "date-time"
  | "null"
  | "any";

/** A type, and that of its items. */
export interface Inferred {
  type: ResultType;
  items?: Inferred | undefined;
  /** Of a dict whose entries are known. */
  entries?: ReadonlyMap<string, Inferred> | undefined;
}

const any: Inferred = { type: "any" };
const of = (type: ResultType, items?: Inferred): Inferred => (items === undefined ? { type } : { type, items });

/** @param property the type of a name; undefined where it is no property */
export function infer(node: Node, property: (name: string) => Inferred | undefined): Inferred {
  const inner = (each: Node): Inferred => infer(each, property);
  switch (node.kind) {
    case "constant":
      return constantType(node.value);
    case "name":
      return property(node.id) ?? any;
    case "text":
      return of("string");
    case "unary":
      return node.operator === "not" ? of("boolean") : numeric(inner(node.of));
    case "binary":
      return binaryType(node.operator, inner(node.left), inner(node.right), node.right);
    case "compare":
      return of("boolean");
    case "logical":
      return node.items.map(inner).reduce(common);
    case "choose":
      return common(inner(node.then), inner(node.other));
    case "list":
    case "tuple":
      return of("array", node.items.length === 0 ? any : node.items.map(inner).reduce(common));
    case "dict":
      return of("object");
    case "each":
      return node.value === undefined ? of("array") : of("object");
    case "slice":
      return inner(node.of);
    case "item":
      return itemType(node.of, node.index, inner(node.of), property);
    case "attribute":
      return attributeType(node.name, inner(node.of));
    case "call":
      return callType(node, inner, property);
  }
}

function constantType(value: unknown): Inferred {
  if (value === null) return of("null");
  const types: Readonly<Record<string, ResultType>> = { string: "string", bigint: "integer", number: "number", boolean: "boolean" };
  return of(types[typeof value] ?? "any");
}

const isNumber = ({ type }: Inferred): boolean => type === "integer" || type === "number" || type === "boolean";
const numeric = (value: Inferred): Inferred => (value.type === "boolean" ? of("integer") : isNumber(value) ? value : any);

function binaryType(operator: string, left: Inferred, right: Inferred, exponent: Node): Inferred {
  if (isNumber(left) && isNumber(right)) {
    const isWholePower = operator === "**" && exponent.kind === "constant" && left.type === "integer" && right.type === "integer";
    if (isWholePower) return of("integer");
    if (operator === "/" || operator === "**") return of("number");
    return left.type === "number" || right.type === "number" ? of("number") : of("integer");
  }
  if (operator === "+" && left.type === right.type && (left.type === "string" || left.type === "array")) return left;
  if (operator === "%" && left.type === "string") return of("string");
  if (operator === "*" && left.type === "string" && right.type === "integer") return of("string");
  const isTime = ({ type }: Inferred): boolean => type === "date" || type === "date-time";
  if (operator === "-" && isTime(left) && left.type === right.type) return of("duration");
  if ((operator === "+" || operator === "-") && isTime(left) && right.type === "duration") return left;
  if (operator === "+" && left.type === "duration" && isTime(right)) return right;
  return any;
}

/** What holds of either; null may be any type. */
function common(a: Inferred, b: Inferred): Inferred {
  if (a.type === "null" || a.type === b.type) return b;
  if (b.type === "null") return a;
  return isNumber(a) && isNumber(b) && a.type !== "boolean" && b.type !== "boolean" ? of("number") : any;
}

/** `record['name']` is the property; an item of a text is a text. */
function itemType(base: Node, index: Node, type: Inferred, property: (name: string) => Inferred | undefined): Inferred {
  if (isRecord(base) && index.kind === "constant" && typeof index.value === "string") return property(index.value) ?? any;
  if (type.type === "string") return type;
  if (type.entries !== undefined && index.kind === "constant") return type.entries.get(String(index.value)) ?? any;
  return type.items ?? any;
}

/** The type of a value that is known before any record arrives. */
export function typeOfValue(value: Value): Inferred {
  if (Array.isArray(value)) return { type: "array", items: value.length === 0 ? any : value.map(typeOfValue).reduce(common) };
  if (!(value instanceof Map)) return constantType(value);
  return { type: "object", entries: new Map([...value].map(([key, entry]) => [String(key), typeOfValue(entry)])) };
}

export const isRecord = (node: Node): boolean => node.kind === "name" && (node.id === "record" || node.id === "_");

function attributeType(name: string, { type }: Inferred): Inferred {
  if (type === "duration") return of("integer");
  return type === "date" || type === "date-time"
    ? of(["year", "month", "day", "hour", "minute", "second", "microsecond"].includes(name) ? "integer" : "any")
    : any;
}

const callTypes: Readonly<Record<string, Inferred>> = {
  int: of("integer"),
  float: of("number"),
  str: of("string"),
  bool: of("boolean"),
  md5: of("string"),
  sha256: of("string"),
  list: of("array"),
  tuple: of("array"),
  dict: of("object"),
};

const moduleTypes: Readonly<Record<string, Inferred>> = {
  "json.dumps": of("string"),
  "datetime.timedelta": of("duration"),
  "datetime.date": of("date"),
  "datetime.date.fromisoformat": of("date"),
  "datetime.date.today": of("date"),
  "datetime.datetime": of("date-time"),
  "datetime.datetime.fromisoformat": of("date-time"),
  "datetime.datetime.strptime": of("date-time"),
  "datetime.datetime.fromtimestamp": of("date-time"),
  "datetime.datetime.utcfromtimestamp": of("date-time"),
  "datetime.datetime.now": of("date-time"),
  "datetime.datetime.utcnow": of("date-time"),
  "datetime.datetime.today": of("date-time"),
};

const textTypes: Readonly<Record<string, Inferred>> = {
  ...Object.fromEntries(["split", "rsplit", "splitlines", "partition", "rpartition"].map((name) => [name, of("array", of("string"))])),
  ...Object.fromEntries(["find", "rfind", "index", "rindex", "count"].map((name) => [name, of("integer")])),
  ...Object.fromEntries(["startswith", "endswith"].map((name) => [name, of("boolean")])),
};

const timeTypes: Readonly<Record<string, Inferred>> = {
  isoformat: of("string"),
  strftime: of("string"),
  timestamp: of("number"),
  date: of("date"),
  isocalendar: of("array", of("integer")),
  weekday: of("integer"),
  isoweekday: of("integer"),
  astimezone: of("date-time"),
};

function callType(
  { of: called, args }: Node & { kind: "call" },
  inner: (node: Node) => Inferred,
  property: (name: string) => Inferred | undefined,
): Inferred {
  if (called.kind === "name") return callTypes[called.id] ?? any;
  if (called.kind !== "attribute") return any;
  const known = moduleTypes[pathOf(called)];
  if (known !== undefined) return known;
  const { name } = called;
  const base = inner(called.of);
  if (base.type === "string" || isTextLiteralMethod(called))
    return textTypes[name] ?? (name.startsWith("is") ? of("boolean") : of("string"));
  if (base.type === "duration") return of("number");
  if (base.type === "date" || base.type === "date-time") return name === "replace" ? base : (timeTypes[name] ?? any);
  // Only texts have these.
  const [ofText, first] = [textTypes[name], args[0]];
  if (["upper", "lower", "strip", "title", "capitalize", "lstrip", "rstrip", "join", "zfill"].includes(name)) return of("string");
  if (name === "replace" && first !== undefined && inner(first).type === "string") return of("string");
  if (name === "get" && first !== undefined) return itemType(called.of, first, base, property);
  return name === "index" || name === "count" || ofText === undefined ? any : ofText;
}

const isTextLiteralMethod = ({ of: base }: Node & { kind: "attribute" }): boolean =>
  base.kind === "constant" && typeof base.value === "string";

/** "datetime.datetime.now"; "" where it is no such path. */
export function pathOf(node: Node): string {
  if (node.kind === "name") return node.id;
  const base = node.kind === "attribute" ? pathOf(node.of) : "";
  return node.kind === "attribute" && base !== "" ? `${base}.${node.name}` : "";
}
