/** A state on one line, for people. */

import { isExactNumber, parseExact } from "@tapline/protocol";
import { shorten } from "./format.ts";

/** The bookmarks by stream, or the state itself where it has another form; shortened to one line. */
export function describeState(state: string | null): string {
  if (state === null) return noBookmark;
  const { bookmarks, ...rest } = parseExact(state) as { bookmarks?: Record<string, unknown> };
  const kept = Object.entries(bookmarks ?? {}).filter(([, bookmark]) => !isEmpty(bookmark));
  const parts = kept.map(([stream, bookmark]) => {
    const { replication_key: key, replication_key_value: value, ...more } = (bookmark ?? {}) as Record<string, unknown>;
    return key !== undefined && isEmpty(more)
      ? `${stream} ${String(key)} ${JSON.stringify(value)}`
      : `${stream} ${describeBookmark((bookmark ?? {}) as Record<string, unknown>)}`;
  });
  if (!isEmpty(rest)) parts.push(JSON.stringify(rest));
  return parts.length === 0 ? noBookmark : shorten(parts.join("; "), 200);
}

const noBookmark = "no bookmark yet";

/** Simple fields with their values; lists and objects with their number of entries. */
function describeBookmark(bookmark: Record<string, unknown>): string {
  const fields = Object.entries(bookmark).map(([name, value]) =>
    isPlain(value) ? `${name} ${JSON.stringify(value)}` : describeEntries(name, Object.keys(value as object).length),
  );
  return fields.join(", ");
}

/** "2 files", "1 file" */
const describeEntries = (name: string, count: number): string => `${count} ${count === 1 ? name.replace(/s$/, "") : name}`;

const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null || isExactNumber(value);

const isEmpty = (value: unknown): boolean => value === null || (typeof value === "object" && Object.keys(value).length === 0);
