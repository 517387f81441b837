/**
 * Computes the expected history from the events, without a database: for each key, in order of time and then of arrival, an event that
 * differs from the one before it begins a version. An event that repeats what an earlier load had for the same instant is ignored.
 */
import type { Event } from "./days.ts";

/** A version as text; equal versions have equal text. */
export type VersionText = string;

/** `loads`: the events of each load so far, in the order they arrived. Sorted. */
export function referenceHistory(loads: readonly (readonly Event[])[]): VersionText[] {
  const byKey = new Map<string, Event[]>();
  for (const load of loads) {
    const before = new Map([...byKey].map(([name, events]) => [name, [...events]]));
    for (const event of load) {
      const name = JSON.stringify(event.key);
      const isTold = before.get(name)?.some((old) => old.at === event.at && sameContent(old.content, event.content));
      if (!isTold) byKey.set(name, [...(byKey.get(name) ?? []), event]);
    }
  }
  const texts: VersionText[] = [];
  for (const events of byKey.values()) {
    // The sort is stable, so equal times stay in order of arrival.
    events.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
    const versions: { event: Event; from: bigint }[] = [];
    for (const event of events) {
      const last = versions.at(-1);
      if (last !== undefined && sameContent(last.event.content, event.content)) continue;
      const earliest = last === undefined ? event.at : last.from + 1n;
      versions.push({ event, from: event.at > earliest ? event.at : earliest });
    }
    versions.forEach(({ event, from }, n) => {
      texts.push(versionText({ ...event.key, ...(event.content ?? {}) }, from, versions[n + 1]?.from, event.content === null));
    });
  }
  return texts.sort();
}

/** Missing columns are null. Values are those of JavaScript, normalized by `plain`. */
export function versionText(row: Readonly<Record<string, unknown>>, from: bigint, to: bigint | undefined, isDeleted: boolean): VersionText {
  const columns = Object.keys(row)
    .filter((name) => row[name] !== null && row[name] !== undefined)
    .sort()
    .map((name) => [name, plain(name, row[name])]);
  return JSON.stringify([columns, String(from), to === undefined ? null : String(to), isDeleted]);
}

function sameContent(a: Event["content"], b: Event["content"]): boolean {
  if (a === null || b === null) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (name) => JSON.stringify(plain(name, a[name] ?? null)) === JSON.stringify(plain(name, b[name] ?? null)),
  );
}

/** One spelling for equal values: an instant in UTC, a price with two digits, an object with sorted fields. */
function plain(name: string, value: unknown): unknown {
  if (value === null) return null;
  if (name === "checked") return new Date(String(value)).getTime() * 1000 + Number(/\.\d{3}(\d{3})/.exec(String(value))?.[1] ?? 0);
  if (name === "Sales Price") return Number(value).toFixed(2);
  return name === "labels" ? sorted(value) : String(value);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
