/** What must hold after each fault and at the end. Each check returns its findings in words, [] when it passes. Pure. */
import { createHash } from "node:crypto";
import limits from "../../long/faults.bars.json" with { type: "json" };
import type { StoredRow } from "./database.ts";
import type { Settings } from "./settings.ts";
import { rowAt, type Sending, type Source } from "./source.ts";

/** Allowance for starting and scheduling programs on a busy machine. */
const slackMs = limits.slack_ms;

type Method = Settings["method"];

/** Every row up to the STATE must be in the database; under upsert that row or a later one with the same key. */
export function stateAhead(held: readonly StoredRow[], source: Source, method: Method, covered: number): string[] {
  const times = timesByNumber(held);
  const newest = newestByKey(source, times.keys());
  const isThere = (n: number): boolean => (method === "append-only" ? times.has(n) : (newest.get(keyOf(source, n)) ?? 0) >= n);
  return found(
    `STATE is ahead: it covers ${covered} rows, and these are not in the database`,
    numbersTo(covered).filter((n) => !isThere(n)),
  );
}

/** A commit covers the rows of all streams up to a STATE and none after it, so the last row of an input that never ended stands right before a STATE. */
export function tornCut(held: readonly StoredRow[], source: Source, method: Method): string[] {
  // Upserted rows may be committed early: the next run writes them again.
  if (method === "upsert") return [];
  const last = held.reduce((most, { n }) => Math.max(most, n), 0);
  if (last % source.state_every === 0 || last === source.rows) return [];
  return [`row ${last} was committed, the last one, and no STATE follows it (they follow every ${source.state_every} rows)`];
}

/** Compares the tables with the source. After each STATE in `repeatedAfter` a row may be in the table one more time. */
export function differences(held: readonly StoredRow[], source: Source, method: Method, repeatedAfter: readonly number[]): string[] {
  const times = timesByNumber(held);
  const all = numbersTo(source.rows);
  const expected = method === "append-only" ? new Set(all) : new Set(newestByKey(source, all).values());
  const isDoubled = ([n, count]: [number, number]): boolean =>
    count > 1 + (method === "append-only" ? repeatedAfter.filter((covered) => n > covered).length : 0);
  const foreign = held.filter((row) => !isSent(source, row));
  return [
    ...found(
      "lost",
      [...expected].filter((n) => !times.has(n)),
    ),
    ...found(
      "doubled",
      [...times].filter(isDoubled).map(([n]) => n),
    ),
    ...found(
      "replaced by later rows but still in the table",
      [...times.keys()].filter((n) => n >= 1 && n <= source.rows && !expected.has(n)),
    ),
    ...(foreign.length === 0 ? [] : [`not as they were sent: ${foreign.length} rows, one of them ${JSON.stringify(foreign[0])}`]),
  ];
}

/** No row is sent again after it waited longer than a commit may take. */
export function redoneTooMuch(sendings: readonly Sending[], { commit_after_ms }: Pick<Settings, "commit_after_ms">): string[] {
  return sendings.flatMap(({ from }, index) => {
    const before = sendings.slice(0, index).findLast(({ sent }) => sent.length > 0);
    const oldest = before?.sent.find(({ last }) => last > from);
    if (before === undefined || oldest === undefined) return [];
    const waited = (before.sent.at(-1)?.at ?? 0) - oldest.at;
    if (waited <= commit_after_ms + slackMs) return [];
    return [`rows from ${from + 1} on were sent again after they waited ${waited} ms; commit_after_ms is ${commit_after_ms}`];
  });
}

function timesByNumber(held: readonly StoredRow[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const { n } of held) times.set(n, (times.get(n) ?? 0) + 1);
  return times;
}

function newestByKey(source: Source, numbers: Iterable<number>): Map<string, number> {
  const newest = new Map<string, number>();
  for (const n of numbers) {
    const key = keyOf(source, n);
    if ((newest.get(key) ?? 0) < n) newest.set(key, n);
  }
  return newest;
}

function keyOf(source: Source, n: number): string {
  const { stream, row } = rowAt({ ...source, row_bytes: 0 }, n);
  return `${stream} ${row.id}`;
}

function isSent(source: Source, { stream, id, n, digest }: StoredRow): boolean {
  if (!(n >= 1 && n <= source.rows)) return false;
  const sent = rowAt(source, n);
  return sent.stream === stream && sent.row.id === id && createHash("md5").update(sent.row.text).digest("hex") === digest;
}

const numbersTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index + 1);

function found(what: string, numbers: readonly number[]): string[] {
  if (numbers.length === 0) return [];
  const sorted = [...numbers].sort((a, b) => a - b);
  return [`${what}: ${sorted.length} rows (${sorted.slice(0, 5).join(", ")}${sorted.length > 5 ? ` … ${sorted.at(-1)}` : ""})`];
}
