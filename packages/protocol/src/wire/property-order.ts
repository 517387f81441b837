/**
 * Keeps the order of keys in JSON objects. JavaScript puts keys that look like integers first, so `{"Product":…,"2025":…}` would lose
 * its order, and the table its column order. An object with such keys has its order under a symbol, which JSON.stringify and
 * Object.keys don't see and `{...object}` copies.
 */
import { isExactNumber } from "./json.ts";
import type { JsonSchema } from "./message.ts";

const keyOrder = Symbol("tapline.keyOrder");

type Ordered = Record<string, unknown> & { [keyOrder]?: readonly string[] };

/**
 * The names of a schema's properties in the order they were sent, then those that were added later.
 * @example propertyNames(message.schema) // ["Product", "2025", "2024"]
 */
export function propertyNames({ properties = {} }: JsonSchema): string[] {
  return orderedKeys(properties);
}

/**
 * As `Object.fromEntries`, and keeps the order of names that look like integers.
 * @example orderedObject([["Product", 1], ["2025", 2]])
 */
export function orderedObject<V>(entries: Iterable<readonly [string, V]>): Record<string, V> {
  const list = [...entries];
  const object = Object.fromEntries(list);
  return list.some(([name]) => isIntegerLike(name)) ? withOrder(object, [...new Set(list.map(([name]) => name))]) : object;
}

/**
 * As `Object.entries`, in the order that the object keeps.
 * @example for (const [name, schema] of orderedEntries(properties)) …
 */
export function orderedEntries<V>(object: Readonly<Record<string, V>>): [string, V][] {
  return orderedKeys(object).map((name) => [name, object[name] as V]);
}

/**
 * Parses JSON text and keeps the order of keys that look like integers. Text without such keys costs one more search than `parse`.
 * @param parse Default: JSON.parse.
 */
export function parseOrdered(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  if (!mayHoldIntegerKeys(text)) return parse(text);
  const marker = newMarker();
  const marked = text.replace(/"(?:[^"\\]|\\.)*"(?=(\s*:)?)/g, (token, colon) =>
    colon !== undefined && isIntegerLike(token.slice(1, -1)) ? `"${marker}${token.slice(1)}` : token,
  );
  return unmark(parse(marked), marker);
}

/** As `JSON.stringify`, with keys in the order that their object keeps. */
export function stringifyOrdered(value: unknown, indent?: number): string {
  const marker = newMarker();
  const marked = mark(value, marker);
  const text = JSON.stringify(marked, null, indent);
  return marked === value ? text : text.replaceAll(`"${marker}`, '"');
}

function orderedKeys(object: Ordered): string[] {
  const order = object[keyOrder];
  if (order === undefined) return Object.keys(object);
  const known = new Set(order);
  return [...order.filter((name) => Object.hasOwn(object, name)), ...Object.keys(object).filter((name) => !known.has(name))];
}

function withOrder<T extends object>(object: T, order: readonly string[]): T {
  return Object.assign(object, { [keyOrder]: order });
}

/** What JavaScript takes for an array index; ten digits are a little more than that. */
const isIntegerLike = (name: string): boolean => /^(?:0|[1-9]\d{0,9})$/.test(name);

const mayHoldIntegerKeys = (text: string): boolean => /"\d{1,10}"\s*:/.test(text);

/** Random, so that no text holds it. */
const newMarker = (): string => `${crypto.randomUUID()}:`;

/** Removes the marker from keys and keeps their order. */
function unmark(value: unknown, marker: string): unknown {
  if (typeof value !== "object" || value === null || isExactNumber(value)) return value;
  if (Array.isArray(value)) return value.map((item) => unmark(item, marker));
  const entries = Object.entries(value).map(
    ([key, item]) => [key.startsWith(marker) ? key.slice(marker.length) : key, unmark(item, marker)] as const,
  );
  return orderedObject(entries);
}

/** The value itself where no object in it keeps an order; else a copy whose integer-like keys are marked, and so stay in their place. */
function mark(value: unknown, marker: string): unknown {
  if (typeof value !== "object" || value === null || isExactNumber(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => mark(item, marker));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const isOrdered = (value as Ordered)[keyOrder] !== undefined;
  let isChanged = isOrdered;
  const entries = orderedEntries(value as Record<string, unknown>).map(([key, item]) => {
    const marked = mark(item, marker);
    isChanged ||= marked !== item;
    return [isOrdered && isIntegerLike(key) ? marker + key : key, marked] as const;
  });
  return isChanged ? Object.fromEntries(entries) : value;
}
