/** A state on one line, for people. */

import { isExactNumber, parseExact } from "@tapline/protocol";
import { shorten } from "./format.ts";

/** The bookmarks by stream, or the state itself where it has another form; shortened to one line. */
export function describeState(state: string | null): string {
  if (state === null) return noBookmark;
  const { bookmarks, ...rest } = parseExact(state) as { bookmarks?: Record<string, unknown> };
  const kept = Object.entries(bookmarks ?? {}).filter(([, bookmark]) => !isEmpty(bookmark));
  const parts = kept.map(([stream, bookmark]) => `${stream} ${describeBookmark((bookmark ?? {}) as Record<string, unknown>)}`);
  if (!isEmpty(rest)) parts.push(JSON.stringify(rest));
  return parts.length === 0 ? noBookmark : shorten(parts.join("; "), 200);
}

const noBookmark = "no bookmark yet";

/**
 * The replication key with its value, other simple fields with theirs. Lists and objects are shown by their number of entries; empty
 * ones, and all beside a replication key, are left out: they are details of the tap.
 */
function describeBookmark(bookmark: Record<string, unknown>): string {
  const { replication_key: key, replication_key_value: value, ...more } = bookmark;
  const named = key === undefined ? [] : [`${String(key)} ${JSON.stringify(value)}`];
  const others = Object.entries(key === undefined ? bookmark : more).flatMap(([name, field]) => {
    if (isPlain(field)) return [`${name} ${JSON.stringify(field)}`];
    return key === undefined && !isEmpty(field) ? [describeEntries(name, Object.keys(field as object).length)] : [];
  });
  return [...named, ...others].join(", ");
}

/** "2 files", "1 file" */
const describeEntries = (name: string, count: number): string => `${count} ${count === 1 ? name.replace(/s$/, "") : name}`;

const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null || isExactNumber(value);

const isEmpty = (value: unknown): boolean => value === null || (typeof value === "object" && Object.keys(value).length === 0);
