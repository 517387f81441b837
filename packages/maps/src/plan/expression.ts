/** An expression of a map, ready to be evaluated for rows. */
import type { Cel } from "../cel/cel.ts";
import { errors } from "../errors.ts";
import { compile } from "../language/compile.ts";
import { ExpressionError } from "../language/expression-error.ts";
import { type Inferred, infer, type ResultType, typeOfValue } from "../language/infer.ts";
import { parse } from "../language/parse.ts";
import { ownNames, type Reads, readsOf } from "../language/reads.ts";
import { functions, modules } from "../values/functions.ts";
import type { Callable, Dict, Value } from "../values/value.ts";
import type { Row } from "./row.ts";
import type { WrittenExpression } from "./stream-map.ts";

export interface MapExpression {
  written: WrittenExpression;
  reads: Reads;
  type: ResultType;
  /** Set where it is nothing but a property. */
  rename: string | undefined;
  /** @throws map_failed */
  evaluate(row: Row): Value;
}

/** What expressions of a stream's map can name. */
export interface Scope {
  /** The slot of a property, which rows find its value by. */
  slot(name: string): number;
  isProperty(name: string): boolean;
  typeOf(name: string): Inferred | undefined;
  stream: string;
  original: string;
  config: Dict;
  fake: Callable | undefined;
  cel: Cel | undefined;
  /** The property that the expression is for: its value is `self`. */
  self?: string;
}

/** @throws map_expression_invalid */
export function prepare(written: WrittenExpression, scope: Scope): MapExpression {
  try {
    return written.language === "cel" ? inCel(written, scope) : inPython(written, scope);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { what, setting } = written;
    throw errors.map_expression_invalid(
      { what, expression: written.source, problem: error.message, character: character(error) },
      { stream: scope.original, setting },
    );
  }
}

function inPython(written: WrittenExpression, scope: Scope): MapExpression {
  const node = parse(written.source);
  const evaluate = compile<Row>(node, (name) => read(name, scope));
  const property = node.kind === "name" ? selfOr(node.id, scope) : "";
  const isOwn = ownNames.has(property) || isWhole(property);
  const rename = node.kind === "name" && !isOwn && scope.isProperty(property) ? property : undefined;
  const reads = readsOf(node);
  return {
    written,
    reads: reads === "all" ? reads : new Set([...reads].map((name) => selfOr(name, scope))),
    type: resultType(infer(node, (name) => typeOfName(name, scope))),
    rename,
    evaluate: guarded(written, scope, evaluate),
  };
}

/** What only lives inside expressions has no type of a property. */
const resultType = ({ type }: Inferred): ResultType => (type === "duration" ? "any" : type);

function typeOfName(name: string, scope: Scope): Inferred | undefined {
  if (isWhole(name)) return { type: "object" };
  if (name === "__stream_name__" || name === "__original_stream_name__") return { type: "string" };
  if (name === "config") return typeOfValue(scope.config);
  return scope.typeOf(selfOr(name, scope));
}

const isWhole = (name: string): boolean => name === "record" || name === "_";
const selfOr = (name: string, { self }: Scope): string => (name === "self" && self !== undefined ? self : name);

/** How a name is read. undefined: it is a function, or a module. */
function read(name: string, scope: Scope): ((row: Row) => Value) | undefined {
  const own: Readonly<Record<string, Value | undefined>> = {
    config: scope.config,
    fake: scope.fake,
    __stream_name__: scope.stream,
    __original_stream_name__: scope.original,
  };
  if (isWhole(name)) return (row) => row.record();
  if (Object.hasOwn(own, name) && own[name] !== undefined) return () => own[name] as Value;
  const property = selfOr(name, scope);
  const isDeclared = scope.isProperty(property);
  const known = isDeclared ? undefined : (modules.get(name) ?? functions.get(name));
  if (known !== undefined) return undefined;
  const slot = scope.slot(property);
  return (row) => {
    const value = row.value(slot);
    if (value !== undefined) return value;
    // A tap may leave out what is null.
    if (isDeclared) return null;
    throw new ExpressionError(`there is no ${name}: the stream has no property of this name`);
  };
}

function inCel(written: WrittenExpression, scope: Scope): MapExpression {
  const program = (scope.cel as Cel)(written.source);
  const readers = program.names.flatMap((name) => {
    const value = read(name, scope);
    return value === undefined ? [] : [[name, value] as const];
  });
  const isMacroName = (name: string): boolean => !scope.isProperty(selfOr(name, scope)) && !ownNames.has(name) && !isWhole(name);
  const evaluate = (row: Row): Value => {
    const names = readers.flatMap(([name, value]): [string, Value][] => {
      if (isMacroName(name) && !row.has(scope.slot(name))) return [];
      return [[name, value(row)]];
    });
    return program.evaluate(new Map(names));
  };
  const [only] = program.names;
  const rename = only !== undefined && written.source.trim() === only && scope.isProperty(only) ? only : undefined;
  return { written, reads: program.reads, type: program.type, rename, evaluate: guarded(written, scope, evaluate) };
}

function guarded({ what, source }: WrittenExpression, { original }: Scope, evaluate: (row: Row) => Value): (row: Row) => Value {
  return (row) => {
    try {
      return evaluate(row);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw errors.map_failed({ what, expression: source, problem: error.message, character: character(error) }, { stream: original });
    }
  };
}

const character = ({ at }: ExpressionError): number | undefined => (at === undefined ? undefined : at + 1);

/** The name that an alias gives: the value of its expression, or the text itself where that is none, as in the SDK. */
export function aliasOf(alias: string, stream: string): string {
  try {
    const value = compile<null>(parse(alias), (name) => (name === "__stream_name__" ? () => stream : undefined))(null);
    return typeof value === "string" ? value : alias;
  } catch (error) {
    if (error instanceof ExpressionError) return alias;
    throw error;
  }
}
