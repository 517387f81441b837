/** A state on one line, for people. */

import { isExactNumber, parseExact } from "@tapline/protocol";
import { shorten } from "@tapline/protocol/text";

/** The bookmarks by stream, or the state itself where it has another form. */
export function describeState(state: string | null, maxLength = 200): string {
  if (state === null) return noBookmark;
  const { bookmarks, ...rest } = parseExact(state) as { bookmarks?: Record<string, unknown> };
  const kept = Object.entries(bookmarks ?? {}).filter(([, bookmark]) => !isEmpty(bookmark));
  const parts = kept.map(([stream, bookmark]) => `${stream}: ${describeBookmark(bookmark)}`);
  if (!isEmpty(rest)) parts.push(JSON.stringify(rest));
  return parts.length === 0 ? noBookmark : shorten(parts.join("; "), maxLength);
}

const noBookmark = "no bookmark yet";

/**
 * The replication key with its value, other simple fields with theirs. Lists and objects are details of the tap and left out, except
 * for a bookmark without a replication key that begins with one: it is shown by its number of entries.
 */
export function describeBookmark(bookmark: unknown): string {
  if (isEmpty(bookmark)) return noBookmark;
  if (isSimple(bookmark)) return describeValue(bookmark);
  const { replication_key: key, replication_key_value: value, ...more } = bookmark as Record<string, unknown>;
  const fields = Object.entries(more).filter(([, field]) => !isEmpty(field));
  const shown = fields.filter(([, field], index) => isSimple(field) || (key === undefined && index === 0));
  const named = key === undefined ? [] : [`${String(key)} ${describeValue(value)}`];
  return [...named, ...shown.map(([name, field]) => describeField(name, field))].join(", ") || JSON.stringify(bookmark);
}

const describeField = (name: string, field: unknown): string =>
  isSimple(field) ? `${name} ${describeValue(field)}` : describeEntries(name, Object.keys(field as object).length);

/** "2 files", "1 file" */
const describeEntries = (name: string, count: number): string => `${count} ${count === 1 ? name.replace(/s$/, "") : name}`;

/** Text is quoted only where its end would not be clear. */
const describeValue = (value: unknown): string => (typeof value === "string" && /^[^\s,;"]+$/.test(value) ? value : JSON.stringify(value));

const isSimple = (value: unknown): boolean => typeof value !== "object" || value === null || isExactNumber(value);

const isEmpty = (value: unknown): boolean => value === null || (typeof value === "object" && Object.keys(value).length === 0);
