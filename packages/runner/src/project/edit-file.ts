/** Changes one value in a YAML file and leaves every other line, with its comments, as it was written. */

import { isDeepStrictEqual } from "node:util";
import { isExactNumber, isObject } from "@tapline/protocol";
import { type Document, isMap, isNode, isScalar, isSeq, type Node, parseDocument, stringify, YAMLMap } from "yaml";
import { errors } from "../errors.ts";
import type { Path } from "../model/project.ts";

/** Returns the new text. undefined as value deletes the key. The text must be valid YAML. @throws edit_impossible */
export function editText(text: string, path: Path, value: unknown): string {
  const document = parse(text);
  if (value === undefined) remove(document, path);
  else put(document, path, value);
  const whole = document.toString(styleOf(text));
  const spliced = splice(text, path, value);
  // Where the edit is not possible line by line, the whole file is formatted again: same values and comments, other lines.
  return spliced !== undefined && isDeepStrictEqual(valuesOf(spliced), valuesOf(whole)) ? spliced : whole;
}

const parse = (text: string): Document => parseDocument(text, { intAsBigInt: true, prettyErrors: false });

function valuesOf(text: string): unknown {
  const document = parse(text);
  return document.errors.length > 0 ? undefined : document.toJS();
}

/** Edits the text itself; undefined where that is not simple. The caller checks the result, so it may be wrong. */
function splice(text: string, path: Path, value: unknown): string | undefined {
  const document = parse(text);
  const [old, parent] = [document.getIn(path, true), document.getIn(path.slice(0, -1), true)];
  const replace = (start: number, end: number, by: string): string => text.slice(0, start) + by + text.slice(end);
  const lineEnd = (offset: number): number => (text.indexOf("\n", offset) < 0 ? text.length : text.indexOf("\n", offset) + 1);
  if (value === undefined) {
    const key = isMap(parent) && parent.items.length > 1 ? keyNodeOf(parent, path.at(-1)) : undefined;
    if (!isNode(old) || !key?.range || !old.range || (isMap(parent) && parent.flow)) return undefined;
    return replace(text.lastIndexOf("\n", key.range[0]) + 1, lineEnd(Math.max(old.range[1] - 1, key.range[1])), "");
  }
  if (isScalar(old) && old.range && old.value !== null) return replace(old.range[0], old.range[1], inline(value));
  const depth = path.findLastIndex((_, index) => isMap(document.getIn(path.slice(0, index), true)));
  const map = depth < 0 ? document.contents : document.getIn(path.slice(0, depth), true);
  if (!isMap(map) || old !== undefined) return undefined;
  if (map.flow) return spliceFlow(text, map, nest(path.slice(depth), value));
  const [first, last] = [map.items[0]?.key, map.items.at(-1)];
  const empty = keyNodeOf(map, path[depth]);
  const style = styleOf(text);
  const column = isNode(first) && first.range ? first.range[0] - text.lastIndexOf("\n", first.range[0]) - 1 : 0;
  const made = (keys: Path, indent: number): string => {
    return stringify(nest(keys, value), style).replaceAll(/^(?=.)/gm, " ".repeat(indent));
  };
  const newline = (offset: number): string => (text[offset - 1] === "\n" || offset === 0 ? "" : "\n");
  if (empty?.range) {
    const at = lineEnd(empty.range[1]);
    return replace(at, at, newline(at) + made(path.slice(depth + 1), column + style.indent));
  }
  const end = isNode(last?.value) && last.value.range ? last.value.range[1] : isNode(last?.key) ? last.key.range?.[1] : undefined;
  if (end === undefined) return undefined;
  const at = lineEnd(end - 1);
  return replace(at, at, newline(at) + made(path.slice(depth), column));
}

/** Inserts into a map in braces; undefined where a key without a value prevents it. */
function spliceFlow(text: string, map: YAMLMap, added: unknown): string | undefined {
  const last = map.items.at(-1);
  if (!map.range) return undefined;
  if (last === undefined) return text.slice(0, map.range[0]) + inline(added) + text.slice(map.range[1]);
  const end = isNode(last.value) ? last.value.range?.[1] : undefined;
  const pair = inline(added).replace(/^\{ /, "").replace(/ \}$/, "");
  return end === undefined ? undefined : `${text.slice(0, end)}, ${pair}${text.slice(end)}`;
}

function nest(keys: Path, value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), plain(value));
}

function keyNodeOf(map: YAMLMap, name: unknown): Node | undefined {
  const key = map.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(name))?.key;
  return isNode(key) ? key : undefined;
}

const inline = (value: unknown): string =>
  stringify(plain(value), { lineWidth: 0, collectionStyle: "flow", defaultStringType: "PLAIN", blockQuote: false }).trimEnd();

function styleOf(text: string): { lineWidth: 0; indentSeq: boolean; indent: number } {
  const indent = /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return { lineWidth: 0, indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\n\1- /m.test(text), indent: Math.min(indent, 8) };
}

function put(document: Document, path: Path, value: unknown): void {
  if (!isMap(document.contents)) document.contents = new YAMLMap() as never;
  for (let depth = 1; depth < path.length; depth++) {
    const at = path.slice(0, depth);
    const node = document.getIn(at, true);
    if (node === undefined || (isScalar(node) && node.value === null)) document.setIn(at, new YAMLMap());
    else if (!isMap(node) && !isSeq(node))
      throw errors.edit_impossible({ place: path.join("."), reason: `${at.join(".")} is a single value` });
  }
  const parent = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isSeq(parent) && !(Number.isInteger(Number(last)) && Number(last) <= parent.items.length))
    throw errors.edit_impossible({ place: path.join("."), reason: `its parent is a list of ${parent.items.length}` });
  const old = document.getIn(path, true);
  const node = document.createNode(plain(value));
  // The comment after a value stays.
  if (isNode(old) && isNode(node)) Object.assign(node, { comment: old.comment, commentBefore: old.commentBefore });
  document.setIn(path, node);
}

/** Deletes a parent that would be left empty too, except a plugin. */
function remove(document: Document, path: Path): void {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  const above = path.slice(0, -1);
  const parent = document.getIn(above, true);
  const isPlugin = above.at(-2) === "plugins";
  if (isMap(parent) && parent.items.length === 0 && !isPlugin && above.length > 1) remove(document, above);
  else if (isMap(parent) && parent.items.length === 0 && isPlugin) document.setIn(above, null);
}

function plain(value: unknown): unknown {
  if (isExactNumber(value)) return /^-?\d+$/.test(value.rawJSON) ? BigInt(value.rawJSON) : value.rawJSON;
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)])) : value;
}
