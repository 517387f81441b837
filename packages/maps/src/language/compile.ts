/** Makes a function of an expression's tree. */
import { compareValues } from "../values/compare.ts";
import { functions, modules } from "../values/functions.ts";
import { attributeOf, callMethod } from "../values/methods.ts";
import { formatValue, itemOf, operate, operateOne, sliceOf } from "../values/operators.ts";
import { type Callable, isTrue, itemsOf, typeName, type Value } from "../values/value.ts";
import type { Clause, Node } from "./ast.ts";
import { newBudget, spend, step } from "./budget.ts";
import { ExpressionError } from "./expression-error.ts";

/** What an expression is evaluated with; `locals` are the names of `for`. */
export interface Frame<E> {
  readonly env: E;
  readonly locals: Value[];
}

type Run<E> = (frame: Frame<E>) => Value;

/** How names that are no functions are found. undefined: there is no such name. */
export type Names<E> = (name: string) => ((env: E) => Value) | undefined;

/**
 * The returned function throws ExpressionError and nothing else.
 * @throws ExpressionError for names that are not there
 * @example compile(parse("a + 1"), (name) => (record) => record[name])({ a: 1n }) // 2n
 */
export function compile<E>(node: Node, names: Names<E>): (env: E) => Value {
  const run = new Compiler(names).compile(node, []);
  return (env) => {
    newBudget();
    try {
      return run({ env, locals: [] });
    } catch (error) {
      if (error instanceof ExpressionError) throw error;
      throw new ExpressionError(`it can't be computed: ${error instanceof Error ? error.message : String(error)}`, node.at);
    }
  };
}

class Compiler<E> {
  readonly #names: Names<E>;

  constructor(names: Names<E>) {
    this.#names = names;
  }

  /** `locals`: the names of `for` around the node. */
  compile(node: Node, locals: readonly string[]): Run<E> {
    const inside = (of: Node): Run<E> => this.compile(of, locals);
    const all = (nodes: readonly Node[]): Run<E>[] => nodes.map(inside);
    const { at } = node;
    switch (node.kind) {
      case "constant":
        return () => node.value;
      case "name":
        return this.#name(node.id, at, locals);
      case "attribute": {
        const of = inside(node.of);
        refuseHidden(node.name, at);
        return (frame) => placed(at, () => attributeOf(of(frame), node.name));
      }
      case "item": {
        const [of, index] = [inside(node.of), inside(node.index)];
        return (frame) => placed(at, () => itemOf(of(frame), index(frame)));
      }
      case "slice": {
        const none: Run<E> = () => null;
        const [of, from, to, by] = [
          inside(node.of),
          ...[node.from, node.to, node.by].map((each) => (each === undefined ? none : inside(each))),
        ] as [Run<E>, Run<E>, Run<E>, Run<E>];
        return (frame) => placed(at, () => sliceOf(of(frame), from(frame), to(frame), by(frame)));
      }
      case "call":
        return this.#call(node, locals);
      case "unary": {
        const of = inside(node.of);
        return (frame) => placed(at, () => operateOne(node.operator, of(frame)));
      }
      case "binary": {
        const [left, right, { operator }] = [inside(node.left), inside(node.right), node];
        return (frame) => placed(at, () => operate(operator, left(frame), right(frame)));
      }
      case "logical":
        return logical(node.operator, all(node.items));
      case "compare":
        return compared(
          inside(node.first),
          node.rest.map(([operator, value]) => [operator, inside(value)] as const),
          at,
        );
      case "choose": {
        const [test, then, other] = [inside(node.test), inside(node.then), inside(node.other)];
        return (frame) => (isTrue(test(frame)) ? then(frame) : other(frame));
      }
      case "list": {
        const items = all(node.items);
        return (frame) => items.map((item) => item(frame));
      }
      case "tuple":
        return this.#tuple(all(node.items));
      case "dict": {
        const entries = node.entries.map(([key, value]) => [inside(key), inside(value)] as const);
        return (frame) => new Map(entries.map(([key, value]) => [key(frame), value(frame)]));
      }
      case "each":
        return this.#each(node, locals);
      case "text": {
        const parts = node.parts.map(({ of, form }) => [inside(of), form] as const);
        return (frame) =>
          placed(at, () => {
            const text = parts.map(([of, form]) => formatValue(of(frame), form)).join("");
            spend(text.length);
            return text;
          });
      }
    }
  }

  #name(id: string, at: number, locals: readonly string[]): Run<E> {
    const local = locals.lastIndexOf(id);
    if (local >= 0) return ({ locals: values }) => values[local] as Value;
    const read = this.#names(id);
    if (read !== undefined) return ({ env }) => placed(at, () => read(env));
    const known = modules.get(id) ?? functions.get(id);
    if (known === undefined) throw new ExpressionError(`there is no ${id}`, at);
    return () => known;
  }

  #call({ of, args, named, at }: Node & { kind: "call" }, locals: readonly string[]): Run<E> {
    const values = args.map((each) => this.compile(each, locals));
    const byName = named.map(([name, each]) => [name, this.compile(each, locals)] as const);
    const given = (frame: Frame<E>) => ({
      args: values.map((value) => value(frame)),
      named: new Map(byName.map(([name, value]) => [name, value(frame)])),
    });
    if (of.kind === "attribute") {
      const { name } = of;
      refuseHidden(name, of.at);
      const target = this.compile(of.of, locals);
      return (frame) =>
        placed(of.at, () => {
          step();
          const object = target(frame);
          const result = callMethod(object, name, given(frame));
          if (result === undefined) throw new ExpressionError(`${typeName(object)} has no method ${name}`);
          return result;
        });
    }
    // A function wins over a property of the same name, as in the SDK.
    const known = of.kind === "name" && !locals.includes(of.id) ? functions.get(of.id) : undefined;
    if (known === undefined) {
      const what = of.kind === "name" ? of.id : "this";
      if (of.kind === "name" && this.#names(of.id) === undefined) throw new ExpressionError(`there is no function ${what}`, of.at);
      throw new ExpressionError(`${what} can't be called`, of.at);
    }
    return (frame) =>
      placed(at, () => {
        step();
        return (known.call as NonNullable<Callable["call"]>)(given(frame));
      });
  }

  #tuple(items: readonly Run<E>[]): Run<E> {
    const make = functions.get("tuple")?.call as NonNullable<Callable["call"]>;
    return (frame) => make({ args: [items.map((item) => item(frame))], named: new Map() });
  }

  #each({ element, value, clauses }: Node & { kind: "each" }, around: readonly string[]): Run<E> {
    let locals = around;
    const loops = clauses.map(({ names, over, conditions, ...clause }: Clause) => {
      const source = this.compile(over, locals);
      locals = [...locals, ...names];
      const tests = conditions.map((condition) => this.compile(condition, locals));
      return { ...clause, count: names.length, at: over.at, source, tests };
    });
    const [key, entry] = [this.compile(element, locals), value === undefined ? undefined : this.compile(value, locals)];
    return ({ env, locals: outer }) => {
      const items: Value[] = [];
      const entries: [Value, Value][] = [];
      const go = (depth: number, values: Value[]): void => {
        const loop = loops[depth];
        const frame = { env, locals: values };
        if (loop === undefined) {
          spend(1);
          if (entry === undefined) items.push(key(frame));
          else entries.push([key(frame), entry(frame)]);
          return;
        }
        for (const item of placedItems(loop.at, loop.source(frame))) {
          step(loop.at);
          const bound = loop.count === 1 ? [item] : placedItems(loop.at, item);
          if (bound.length !== loop.count) throw new ExpressionError(`it has ${bound.length} values for ${loop.count} names`, loop.at);
          const inner = [...values, ...bound];
          if (loop.tests.every((test) => isTrue(test({ env, locals: inner })))) go(depth + 1, inner);
        }
      };
      go(0, outer);
      return entry === undefined ? items : new Map(entries);
    };
  }
}

function logical<E>(operator: string, items: readonly Run<E>[]): Run<E> {
  const stopsAt = operator === "or";
  return (frame) => {
    let value: Value = null;
    for (const item of items) {
      value = item(frame);
      if (isTrue(value) === stopsAt) return value;
    }
    return value;
  };
}

function compared<E>(first: Run<E>, rest: readonly (readonly [string, Run<E>])[], at: number): Run<E> {
  return (frame) => {
    let left = first(frame);
    for (const [operator, side] of rest) {
      const right = side(frame);
      if (!placed(at, () => compareValues(operator, left, right))) return false;
      left = right;
    }
    return true;
  };
}

/** Attributes with underscores are how sandboxes of Python are left; nothing here has one. */
function refuseHidden(name: string, at: number): void {
  if (name.startsWith("_"))
    throw new ExpressionError(`attributes that begin with _ are not supported: use record['${name}'] for a property`, at);
}

function placedItems(at: number, value: Value): readonly Value[] {
  return placed(at, () => itemsOf(value));
}

function placed<T>(at: number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ExpressionError) error.at ??= at;
    throw error;
  }
}
