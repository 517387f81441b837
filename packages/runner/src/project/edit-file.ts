/** Changes one value in a YAML file. Every other byte, comments and blank lines too, stays as it was written. Pure. */

import { isDeepStrictEqual } from "node:util";
import { isExactNumber, isObject } from "@tapline/protocol";
import { type Document, isMap, isNode, isSeq, parseDocument, stringify } from "yaml";
import { errors } from "../errors.ts";
import type { Path } from "../model/project.ts";
import { patchesOf } from "./patch-yaml.ts";

/** Returns the new text. undefined as value deletes the key. The text must be valid YAML. @throws edit_impossible */
export function editText(text: string, path: Path, value: unknown): string {
  if (path.includes("__proto__")) throw errors.edit_impossible({ place: path.join("."), reason: "__proto__ can't be a name" });
  const document = parse(text);
  if (value !== undefined) return put(text, document, path, value);
  const isThere = path.length > 0 && document.hasIn(path);
  if (!isThere) return text;
  const emptied = emptiedBy(document, path);
  return apply(text, document, emptied.path, emptied.value);
}

/** Where both the old and the new value are objects or lists, only what differs inside them is changed. */
function put(text: string, document: Document, path: Path, value: unknown): string {
  const old = document.getIn(path, true);
  const wanted = normal(value);
  if (isNode(old) && isDeepStrictEqual(old.toJS(document), wanted)) return text;
  if (isMap(old) && isObject(value) && old.items.length > 0 && Object.keys(value).length > 0) {
    const gone = Object.keys(old.toJS(document)).filter((key) => !Object.hasOwn(value, key));
    const changed = Object.entries(value).reduce((before, [key, inner]) => put(before, parse(before), [...path, key], inner), text);
    return gone.reduce((before, key) => apply(before, parse(before), [...path, key], undefined), changed);
  }
  if (isSeq(old) && Array.isArray(value) && old.items.length > 0 && value.length > 0) {
    const changed = value.reduce<string>((before, inner, index) => put(before, parse(before), [...path, index], inner), text);
    const gone = old.items.map((_, index) => index).slice(value.length);
    return gone.reduceRight((before, index) => apply(before, parse(before), [...path, index], undefined), changed);
  }
  return apply(text, document, path, value);
}

/** Takes the first patch after which the file has exactly the wanted values. */
function apply(text: string, document: Document, path: Path, value: unknown): string {
  const place = path.join(".");
  const wanted = changed(document.toJS() ?? {}, path, value === undefined ? undefined : normal(value), place);
  for (const patched of patchesOf(text, document, path, value === undefined ? undefined : plain(value)))
    if (hasValues(patched, wanted)) return patched;
  throw errors.edit_impossible({ place, reason: "the file uses YAML there (such as an anchor) that only a person can change safely" });
}

/** A patch may have taken out an anchor that is used below it. */
function hasValues(text: string, wanted: unknown): boolean {
  try {
    return isDeepStrictEqual(valuesOf(text), wanted);
  } catch (error) {
    if (error instanceof ReferenceError) return false;
    throw error;
  }
}

/** Deletes a parent that would be left empty too, but no plugin, environment, item of a list or key at the top of the file. */
function emptiedBy(document: Document, path: Path): { path: Path; value: unknown } {
  const above = path.slice(0, -1);
  const parent = document.getIn(above, true);
  if (above.length === 0 || !(isMap(parent) || isSeq(parent)) || parent.items.length > 1) return { path, value: undefined };
  const isPlugin = above.at(-2) === "plugins";
  const isEnvironment = above.length === 2 && above[0] === "environments";
  if (isPlugin) return { path: above, value: null };
  if (above.length === 1 || isEnvironment || isSeq(parent) || isSeq(document.getIn(above.slice(0, -1), true)))
    return { path: above, value: isSeq(parent) ? [] : {} };
  return emptiedBy(document, above);
}

/** A copy with the value at a path. @throws edit_impossible */
function changed(root: unknown, path: Path, value: unknown, place: string): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const isLast = rest.length === 0;
  if (Array.isArray(root)) {
    const index = Number(first);
    if (!Number.isInteger(index) || index < 0 || index > root.length)
      throw errors.edit_impossible({ place, reason: `its parent is a list of ${root.length}` });
    return isLast && value === undefined ? root.toSpliced(index, 1) : root.toSpliced(index, 1, changed(root[index], rest, value, place));
  }
  if (root !== null && root !== undefined && !isObject(root))
    throw errors.edit_impossible({ place, reason: `${place.split(".").slice(0, -path.length).join(".")} is a single value` });
  const { [first]: old, ...others } = (root ?? {}) as Record<string, unknown>;
  return isLast && value === undefined ? others : { ...(root ?? {}), [first]: changed(old, rest, value, place) };
}

const parse = (text: string): Document => parseDocument(text, { intAsBigInt: true, prettyErrors: false, keepSourceTokens: true });

function valuesOf(text: string): unknown {
  const document = parse(text);
  return document.errors.length > 0 ? undefined : (document.toJS() ?? {});
}

/** The value as it is after it was written and read again. */
const normal = (value: unknown): unknown => parse(stringify(plain(value), { lineWidth: 0 })).toJS();

/** Exact numbers as the YAML library writes them. */
function plain(value: unknown): unknown {
  if (isExactNumber(value)) return /^-?\d+$/.test(value.rawJSON) ? BigInt(value.rawJSON) : value.rawJSON;
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)])) : value;
}
