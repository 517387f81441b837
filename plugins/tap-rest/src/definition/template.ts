/**
 * Texts of a description with {{ … }} in them. A place is a name and what is below it, such as {{ parent.id }}: nothing is computed, so that
 * no description can run code.
 */

import type { Place } from "@tapline/rest";
import type { Json, Row } from "@tapline/sdk";
import { errors } from "../errors.ts";

export type Values = Readonly<Record<string, string | number | boolean>>;

/** A place in the reading; for columns that are added, with the record. */
export type Filled = Place & { readonly record?: Row };

const hole = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Whether the text depends on where in the reading it is used. */
export const isPlaced = (value: unknown): boolean => /\{\{\s*(parent|partition|start|end)\b/.test(JSON.stringify(value) ?? "");

/** @throws template_invalid */
export function fill(text: string, values: Values, place?: Filled, encode: (value: string) => string = (value) => value): string {
  return text.replace(hole, (_whole, path: string) => {
    const value = lookUp(text, path, values, place);
    return value === undefined || value === null ? "" : encode(String(value));
  });
}

/** As `fill`, for a text that may be one place alone: then the value keeps its type, and one that is not there is undefined. */
export function fillValue(text: string, values: Values, place?: Filled): unknown {
  const alone = /^\{\{\s*([^{}]*?)\s*\}\}$/.exec(text)?.[1];
  return alone === undefined ? fill(text, values, place) : lookUp(text, alone, values, place);
}

/** All texts in a value. Keys of objects whose value is not there are left out. */
export function fillDeep(value: unknown, values: Values, place?: Filled): Json {
  if (typeof value === "string") return (fillValue(value, values, place) ?? null) as Json;
  if (Array.isArray(value)) return value.map((item) => fillDeep(item, values, place));
  if (typeof value !== "object" || value === null) return value as Json;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const filled = typeof inner === "string" ? fillValue(inner, values, place) : fillDeep(inner, values, place);
    return filled === undefined ? [] : [[name, filled as Json] as const];
  });
  return Object.fromEntries(entries);
}

function lookUp(text: string, path: string, values: Values, place: Filled | undefined): unknown {
  const [root = "", ...names] = path.split(".").map((part) => part.trim());
  const fail = (why: string): Error => errors.template_invalid({ text, why });
  if (root === "config") {
    const name = names.join(".");
    if (!Object.hasOwn(values, name)) throw fail(`\`values\` has no ${JSON.stringify(name)}`);
    return values[name];
  }
  if (place === undefined) throw fail(`${JSON.stringify(path)} is not known here`);
  if (root === "start" || root === "end") return place[root];
  if (root !== "parent" && root !== "partition" && (root !== "record" || place.record === undefined))
    throw fail(`${JSON.stringify(root)} is none of config, parent, partition, start, end`);
  return names.reduce<unknown>(
    (value, name) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined),
    place[root],
  );
}
