/** Facts of a store that keeps them as a list and writes it whole. Pure. */
import type { Fact, FactFilter, FactRule } from "./facts.ts";

export interface DecidedFacts<A> {
  answer: A;
  /** undefined: nothing is written. */
  facts: readonly Fact<unknown>[] | undefined;
}

/** `facts` are those of one kind. */
export function decideFacts<T, A>(
  facts: readonly Fact<unknown>[],
  keys: readonly string[],
  rule: FactRule<T, A>,
  now: Date,
): DecidedFacts<A> {
  const { answer, write = {} } = rule(
    keys.map((key) => factValue<T>(facts, key)),
    now,
  );
  const changed = Object.entries(write);
  if (changed.length === 0) return { answer, facts: undefined };
  const others = facts.filter(({ key }) => !Object.hasOwn(write, key));
  const fresh = changed.filter(([, value]) => value !== null);
  return { answer, facts: [...others, ...fresh.map(([key, value]) => ({ key, value, changedAt: now.toISOString() }))] };
}

export function factValue<T>(facts: readonly Fact<unknown>[], key: string): T | undefined {
  return facts.find((fact) => fact.key === key)?.value as T | undefined;
}

export function chosenFacts<T>(facts: readonly Fact<unknown>[], { prefix = "", after, order, limit }: FactFilter): Fact<T>[] {
  const direction = order === "descending" ? -1 : 1;
  return facts
    .filter(({ key }) => key.startsWith(prefix) && (after === undefined || direction * compare(key, after) > 0))
    .sort((a, b) => direction * compare(a.key, b.key))
    .slice(0, limit)
    .map(({ key, value, changedAt }) => ({ key, value: value as T, changedAt }));
}

/** Those that changed since `before`. */
export function keptFacts(facts: readonly Fact<unknown>[], before: Date): Fact<unknown>[] {
  return facts.filter(({ changedAt }) => changedAt >= before.toISOString());
}

/** By bytes, as SQL databases compare. */
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
