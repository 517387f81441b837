/**
 * The bookmark of a table that is read by a replication key: the source's own text of the last value, which is never a number or a date of
 * JavaScript. It is held where rows may still come before it, and values without an end do not move it. Pure.
 */
import { compareValues, type Json, type StreamState } from "@tapline/sdk";

/** Nothing comes after them, so a bookmark there would end all reading. NaN is the largest number of PostgreSQL. */
const endless = new Set(["infinity", "Infinity", "NaN"]);

/**
 * The bookmark after a row with this value: the value, but nothing later than `heldAt`. Null: there is none yet. Rows come in the source's
 * order, so a value replaces the bookmark without a comparison, which only the source could make for text. Where the run also read rows
 * before the bookmark and none after it, it goes back to the last of them: more is read again, and nothing is lost.
 */
export function advance(bookmark: string | null, value: string | null, heldAt?: string): string | null {
  if (value === null || endless.has(value)) return bookmark;
  if (heldAt === undefined || compareInstants(value, heldAt) <= 0) return value;
  return bookmark !== null && compareInstants(bookmark, heldAt) > 0 ? bookmark : heldAt;
}

/** The value a run starts from, as text: bookmarks of other taps may be numbers. */
export function bookmarkText(value: Json): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** The version of a whole read: later than that of the last one, also where the clock was set back. */
export function nextVersion({ version }: StreamState): number {
  return Math.max(Date.now(), Number(version ?? 0) + 1);
}

export function incrementalState(key: string, value: string | null, more: StreamState = {}): StreamState {
  return value === null ? { ...more } : { replication_key: key, replication_key_value: value, ...more };
}

/** "2024-01-02 03:04:05.5+00" is how databases write it, and +00 is no offset to ISO 8601's readers. */
function compareInstants(a: string, b: string): number {
  const usual = (text: string): string => text.replace(/([+-]\d\d)$/, "$1:00");
  return compareValues(usual(a), usual(b));
}
