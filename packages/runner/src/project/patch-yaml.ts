/**
 * Proposes texts in which one value of a YAML file is set, added or deleted by cutting and inserting in the text itself. A proposal may be
 * wrong where the file uses rare YAML: the caller compares its values with the wanted ones. Pure.
 */

import {
  type CST,
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Path } from "../model/project.ts";

type Collection = YAMLMap | YAMLSeq;

/** A key with its value, or an item of a list. */
interface Member {
  key: Node | undefined;
  value: Node | undefined;
  /** Where the key begins, or the value of an item. */
  start: number;
  /** After the `:` or the dash; undefined: there is none, as in a list in brackets. */
  indicatorEnd: number | undefined;
  /** Where its last character that is no comment ends. */
  end: number;
}

/** The best proposal first. undefined as value deletes what is at the path, which must exist. */
export function* patchesOf(text: string, document: Document, path: Path, value: unknown): Generator<string> {
  const edit = { text, document, style: styleOf(text) };
  const depth = path.findLastIndex((_, index) => isFilled(document.getIn(path.slice(0, index), true)));
  const parent = depth < 0 ? undefined : document.getIn(path.slice(0, depth), true);
  if (!isFilled(parent)) {
    yield append(edit, nest(path, value));
    return;
  }
  const index = indexOf(parent, path[depth]);
  const rest = path.slice(depth + 1);
  if (value === undefined) yield remove(edit, parent, index);
  else if (index < 0 || index >= parent.items.length) yield* insert(edit, parent, path.slice(depth), value);
  else yield* replace(edit, parent, memberAt(text, parent, index), nest(rest, value));
}

interface Edit {
  text: string;
  document: Document;
  style: Style;
}

interface Style {
  indentSeq: boolean;
  indent: number;
  eol: string;
  isJson: boolean;
}

function* replace(edit: Edit, parent: Collection, member: Member, value: unknown): Generator<string> {
  const { text } = edit;
  const { value: old, indicatorEnd, start, end } = member;
  const valueStart = old?.range?.[0] ?? end;
  const isEmpty = old === undefined || old === null || valueStart >= end;
  const isBlock = isBlockCollection(old);
  const inline = value === null && parent.flow !== true && indicatorEnd !== undefined ? "" : inlineOf(edit, parent, value);
  const gap = inline === "" ? "" : " ";
  const isLarge = isObjectOrList(value) && Object.keys(value).length > 0;
  const isOneLine = isEmpty || !text.slice(valueStart, end).includes("\n");
  const isSmallOld = isEmpty || isScalar(old) || !isFilled(old);
  // An object below a key that had none reads best in lines below the key.
  if (isLarge && isMap(parent) && parent.flow !== true && indicatorEnd !== undefined && isOneLine && isSmallOld) {
    const lineEnd = endOfLine(text, end);
    const below = lines(edit, value, columnOf(text, start) + (Array.isArray(value) && !edit.style.indentSeq ? 0 : edit.style.indent));
    yield text.slice(0, indicatorEnd) + afterLine(text.slice(isEmpty ? indicatorEnd : end, lineEnd), edit) + below + text.slice(lineEnd);
  }
  if (isEmpty && indicatorEnd !== undefined) yield text.slice(0, indicatorEnd) + gap + inline + text.slice(indicatorEnd);
  const lineStart = startOfLine(text, valueStart);
  if (isBlock && indicatorEnd !== undefined && lineStart >= indicatorEnd) {
    yield text.slice(0, indicatorEnd) + gap + inline + text.slice(indicatorEnd, lineStart) + text.slice(endOfLine(text, end));
  }
  if (!isEmpty) yield text.slice(0, inline === "" ? (indicatorEnd ?? valueStart) : valueStart) + inline + text.slice(end);
}

/** Adds a key, or an item at the end of a list. */
function* insert(edit: Edit, parent: Collection, path: Path, value: unknown): Generator<string> {
  const { text } = edit;
  const [first, ...rest] = path;
  const added = isSeq(parent) ? [nest(rest, value)] : nest([first ?? "", ...rest], value);
  const last = memberAt(text, parent, parent.items.length - 1);
  if (parent.flow === true) {
    const inner = flow(edit, added)
      .replace(/^[[{] ?/, "")
      .replace(/ ?[\]}]$/, "");
    const before = text.slice(0, last.end);
    const isOwnLine = /^[ \t]*$/.test(text.slice(startOfLine(text, last.start), last.start)) && text.slice(0, last.start).includes("\n");
    const gap = isOwnLine ? edit.style.eol + " ".repeat(columnOf(text, last.start)) : " ";
    yield `${before},${gap}${inner}${text.slice(last.end)}`;
    return;
  }
  const at = endOfLine(text, last.end);
  const column = columnOf(text, firstOffset(text, parent));
  yield afterLine(text.slice(0, at), edit) + lines(edit, added, column) + text.slice(at);
}

/** A file without values: only comments, or `{}`. */
function append(edit: Edit, value: unknown): string {
  const { text, document } = edit;
  const { contents } = document;
  if (isCollection(contents) && contents.range) return text.slice(0, contents.range[0]) + flow(edit, value) + text.slice(contents.range[1]);
  return afterLine(text, edit) + lines(edit, value, 0);
}

/** Its parent has other members. */
function remove({ text }: Edit, parent: Collection, index: number): string {
  const { start, end } = memberAt(text, parent, index);
  const next = index + 1 < parent.items.length ? memberAt(text, parent, index + 1) : undefined;
  if (parent.flow === true) {
    if (next !== undefined) return text.slice(0, start) + text.slice(next.start);
    const before = memberAt(text, parent, index - 1).end;
    const comma = before + text.slice(before, start).indexOf(",");
    const hasComment = text.slice(comma + 1, start).trim() !== "";
    return text.slice(0, comma) + (hasComment ? text.slice(comma + 1, start) : "") + text.slice(end);
  }
  const from = isSeq(parent) ? dashOf(parent, index) : start;
  const lineStart = startOfLine(text, from);
  if (text.slice(lineStart, from).trim() === "") return text.slice(0, lineStart) + text.slice(endOfLine(text, end));
  // The first key of an item stands after the dash: the next key takes its place.
  if (next === undefined) return text;
  return text.slice(0, from) + text.slice(isSeq(parent) ? dashOf(parent, index + 1) : next.start);
}

function memberAt(text: string, parent: Collection, index: number): Member {
  const item = parent.items[index] as Pair<Node, Node | null> | Node;
  const token = (parent.srcToken as CST.BlockMap | CST.BlockSequence | CST.FlowCollection | undefined)?.items.filter(isMember)[index];
  const indicators = [...(token?.start ?? []), ...(token?.sep ?? [])].filter(
    ({ type }) => type === "map-value-ind" || type === "seq-item-ind",
  );
  const indicator = indicators.at(-1);
  const indicatorEnd = indicator === undefined ? undefined : indicator.offset + indicator.source.length;
  const key = isPair(item) && isNode(item.key) ? item.key : undefined;
  const value = (isPair(item) ? item.value : item) ?? undefined;
  const start = key?.range?.[0] ?? value?.range?.[0] ?? indicatorEnd ?? 0;
  return { key, value, start, indicatorEnd, end: Math.max(endOf(text, value), endOf(text, key), indicatorEnd ?? 0) };
}

/** After a trailing comma in braces comes an empty token. */
function isMember(token: { start: readonly { type: string }[]; key?: unknown; sep?: unknown; value?: unknown }): boolean {
  return (
    Boolean(token.key ?? token.sep ?? token.value) || token.start.some(({ type }) => type === "seq-item-ind" || type === "explicit-key-ind")
  );
}

function endOf(text: string, node: Node | undefined): number {
  if (!node?.range) return 0;
  if (isBlockCollection(node) && node.items.length > 0) return memberAt(text, node, node.items.length - 1).end;
  const [start, end] = node.range;
  return start + text.slice(start, end).trimEnd().length;
}

function isBlockCollection(node: unknown): node is Collection {
  return isCollection(node) && node.flow !== true;
}

function dashOf(parent: Collection, index: number): number {
  const tokens = (parent.srcToken as CST.BlockSequence).items[index]?.start ?? [];
  return tokens.find(({ type }) => type === "seq-item-ind")?.offset ?? 0;
}

function firstOffset(text: string, parent: Collection): number {
  return isSeq(parent) ? dashOf(parent, 0) : memberAt(text, parent, 0).start;
}

function indexOf(parent: Collection, name: unknown): number {
  if (isSeq(parent)) return Number(name);
  return parent.items.findIndex(({ key }) => String(isScalar(key) ? key.value : key) === String(name));
}

const isObjectOrList = (value: unknown): value is object => typeof value === "object" && value !== null;

const isFilled = (node: unknown): node is Collection => isCollection(node) && node.items.length > 0;

function nest(keys: Path, value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

function inlineOf(edit: Edit, parent: Collection, value: unknown): string {
  if (parent.flow === true) return flow(edit, [value]).slice(1, -1).trim();
  return flow(edit, value);
}

function flow({ style }: Edit, value: unknown): string {
  // Plain text with line breaks would become several lines.
  const isLong = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)).includes("\\n");
  const strings = style.isJson || isLong ? "QUOTE_DOUBLE" : "PLAIN";
  return stringify(value, {
    lineWidth: 0,
    collectionStyle: "flow",
    defaultStringType: strings,
    defaultKeyType: style.isJson ? "QUOTE_DOUBLE" : "PLAIN",
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    blockQuote: false,
  }).trimEnd();
}

function lines({ style: { indent, indentSeq, eol } }: Edit, value: unknown, column: number): string {
  const text = stringify(value, { lineWidth: 0, indent, indentSeq });
  return text.replaceAll(/^(?=.)/gm, " ".repeat(column)).replaceAll("\n", eol);
}

function styleOf(text: string): Style {
  const indent = /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return {
    indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\r?\n\1- /m.test(text),
    indent: Math.min(indent, 8),
    eol: /\r\n/.test(text) ? "\r\n" : "\n",
    isJson: /^\s*[{[]/.test(text),
  };
}

/** The text with a line end. */
function afterLine(text: string, { style }: Edit): string {
  return text === "" || text.endsWith("\n") ? text : text + style.eol;
}

const startOfLine = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;

function endOfLine(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline < 0 ? text.length : newline + 1;
}

const columnOf = (text: string, offset: number): number => offset - startOfLine(text, offset);
