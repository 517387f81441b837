/** Bookmarks of incremental streams: how far a stream was read, by its replication key. Source: Singer SDK's state form. */
import { compareDecimals, isExactNumber, type Json, numberText, type StreamState } from "@tapline/protocol";

/** The value a run starts from, null at the first run or when the bookmark is for another key. */
export function startValue(bookmark: StreamState, replicationKey: string | undefined): Json {
  if (replicationKey === undefined) return null;
  const sameKey = bookmark.replication_key === undefined || bookmark.replication_key === replicationKey;
  return sameKey ? (bookmark.replication_key_value ?? null) : null;
}

export function bookmarkFor(replicationKey: string, value: Json): StreamState {
  return value === null ? {} : { replication_key: replicationKey, replication_key_value: value };
}

/**
 * Orders two values of a replication key: numbers by size to the last digit, instants by time (also across zones and
 * lengths of fraction), other text by code point. null is before everything.
 * @example compareValues("2024-01-01T12:00:00Z", "2024-01-01T13:30:00+01:00") // -1
 */
export function compareValues(a: unknown, b: unknown): number {
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : -1;
  if (b === null || b === undefined) return 1;
  const [x, y] = [numberText(a), numberText(b)];
  if (x !== null && y !== null)
    return isExactNumber(a) || isExactNumber(b) ? compareDecimals(x, y) : Math.sign((a as number) - (b as number));
  const [s, t] = [asText(a), asText(b)];
  if (s === t) return 0;
  if (isInstantLike(s) && isInstantLike(t) && s.length === t.length) return s < t ? -1 : 1;
  const [p, q] = [instant(s), instant(t)];
  if (p !== undefined && q !== undefined) return p.millis !== q.millis ? Math.sign(p.millis - q.millis) : compareText(p.rest, q.rest);
  return compareText(s, t);
}

export const laterOf = (a: Json, b: unknown): Json => (compareValues(b, a) > 0 ? (b instanceof Date ? b.toISOString() : (b as Json)) : a);

const asText = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

/** Instants in UTC of one length, such as 2026-01-31T10:00:00Z, are in the order of their texts. Only ASCII fits in the places that are looked at. */
const isInstantLike = (text: string): boolean => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text);

/** JS compares UTF-16 units; databases compare code points. The two differ only where surrogates meet U+E000..U+FFFF. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Whole seconds of an RFC 3339 instant (no zone: UTC), and its fraction without trailing zeros, which sorts as text. */
function instant(text: string): { millis: number; rest: string } | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
  if (!match) return undefined;
  const zone = match[4]?.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2") ?? "Z";
  return { millis: Date.parse(`${match[1]}T${match[2] ?? "00:00:00"}${zone.toUpperCase()}`), rest: (match[3] ?? "").replace(/0+$/, "") };
}
