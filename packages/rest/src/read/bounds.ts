/** From where to where a list is read, by its bookmark: as the API wants it, and as rows are filtered. */
import { compareValues, exactNumber, type Json, numberText } from "@tapline/sdk";
import type { CompiledIncremental } from "../define/compile.ts";
import { type Duration, shift } from "../time/duration.ts";
import { formatInstant, instantOf } from "../time/instant.ts";

export interface Bounds {
  readonly start: string | undefined;
  readonly end: string | undefined;
}

/** The value at or after which rows are wanted: the bookmark less the lookback, or the first start. null: all rows. */
export function wantedFrom({ lookback, start, format }: CompiledIncremental, bookmark: Json): Json {
  if (bookmark === null || bookmark === undefined)
    return format === "number" && start !== undefined ? (exactNumber(start) as Json) : (start ?? null);
  if (lookback === undefined) return bookmark;
  if (typeof lookback === "number") {
    const text = numberText(bookmark) ?? String(bookmark);
    const isWhole = /^-?\d+$/.test(text) && Number.isInteger(lookback);
    return exactNumber(isWhole ? (BigInt(text) - BigInt(lookback)).toString() : String(Number(text) - lookback)) as Json;
  }
  const instant = instantOf(plain(bookmark));
  if (instant === undefined) return bookmark;
  const from = shift(instant, lookback, -1);
  // In the bookmark's own form, for rows are compared with it.
  if (typeof bookmark === "number") return Math.abs(bookmark) < 1e11 ? Math.floor(from / 1000) : from;
  const own = /^\d{4}-\d\d-\d\d$/.test(String(bookmark))
    ? "date"
    : /^\d+$/.test(String(bookmark))
      ? format === "unix_ms"
        ? "unix_ms"
        : "unix"
      : "iso";
  return formatInstant(from, own);
}

/** One pair of bounds, or one for each step. */
export function* boundsFrom(incremental: CompiledIncremental, from: Json, now = Date.now()): Generator<Bounds> {
  const { format, step, endParam, granularity } = incremental;
  const text = from === null ? undefined : String(numberText(from) ?? from);
  if (format === "number") return yield { start: text, end: incremental.end };
  const wantsEnd = endParam !== undefined || step !== undefined || incremental.end !== undefined;
  const end = incremental.end === undefined ? now : (instantOf(incremental.end) ?? now);
  const first = from === null ? undefined : instantOf(plain(from));
  const shown = (millis: number): string => formatInstant(millis, format ?? "iso");
  // What is no instant, and what needs no other form, goes as it is.
  const start = first === undefined || format === undefined ? text : shown(first);
  if (step === undefined || first === undefined) return yield { start, end: wantsEnd ? shown(end) : undefined };
  for (const [from, to] of steps(first, end, step))
    yield { start: shown(from), end: shown(granularity === undefined || to >= end ? to : Math.max(from, shift(to, granularity, -1))) };
}

/** At least one, which may be empty: its bounds are asked for all the same. */
function* steps(first: number, end: number, step: Duration): Generator<[from: number, to: number]> {
  let at = first;
  do {
    const next = Math.min(shift(at, step), Math.max(end, first));
    yield [at, next];
    at = next;
  } while (at < end);
}

const plain = (value: Json): unknown => (typeof value === "object" && value !== null ? Number(numberText(value)) : value);

/** The first start is written by a person, perhaps as a day where the API sends seconds: then they are compared as instants. */
function isBefore(value: unknown, from: Json): boolean {
  const isCount = (one: unknown): boolean => numberText(one) !== null || /^-?\d+(\.\d+)?$/.test(String(one));
  if (isCount(value) === isCount(from)) return compareValues(value, from) < 0;
  const [a, b] = [instantOf(plain(value as Json)), instantOf(plain(from))];
  return a !== undefined && b !== undefined && a < b;
}

/** Follows the cursor of a list: which rows are wanted, and the bookmark after them. */
export class CursorWatch {
  readonly #column: string;
  readonly #from: Json;
  #largest: Json;
  /** So many rows were older than what is wanted. */
  old = 0;

  constructor(column: string, from: Json, bookmark: Json) {
    this.#column = column;
    this.#from = from;
    this.#largest = bookmark ?? null;
  }

  get largest(): Json {
    return this.#largest;
  }

  isWanted(row: Record<string, unknown>): boolean {
    const value = row[this.#column];
    if (value === null || value === undefined || value === this.#largest) return true;
    if (compareValues(value, this.#largest) > 0) this.#largest = value as Json;
    if (this.#from === null || !isBefore(value, this.#from)) return true;
    this.old++;
    return false;
  }
}
