/**
 * Which partitions a back-fill must leave to the job itself. One that is not over yet would get more rows later. Into a table that rows are
 * added to, a partition must end where the job's own bookmark has passed: the job loads what is behind it, and those rows would be there
 * twice. Pure.
 */
import { isObject, parseExact } from "@tapline/protocol";
import type { Partition } from "../partitions/calendar.ts";
import { type RangeKind, wireBound } from "../pipe-run/range-settings.ts";

export interface RangeStream {
  stream: string;
  /** Its replication key. */
  key: string;
  kind: RangeKind;
  isAppended: boolean;
}

export interface JobPosition {
  streams: readonly RangeStream[];
  /** The pipe's own state, as JSON text. */
  state: string | null;
  /** The tap's settings. */
  config: Readonly<Record<string, unknown>>;
  now: Date;
}

/** undefined: it may be loaded. */
export function whyNotYet({ to }: Partition, { streams, state, config, now }: JobPosition): string | undefined {
  if (Date.parse(to) > now.getTime()) return "it is not over yet";
  for (const { stream, kind, isAppended } of streams) {
    if (!isAppended) continue;
    const begin = beginOfJob(stream, state, config);
    if (begin === undefined)
      return `the job has no bookmark for ${stream} and its tap no start_date, so its own first run loads these rows; run the job first`;
    if (Date.parse(wireBound(to, kind)) > begin) return `the job itself loads rows of ${stream} from ${new Date(begin).toISOString()} on`;
  }
  return undefined;
}

/** From which time on the job's next run loads rows, in milliseconds; undefined: from the beginning, or it can't be known. */
function beginOfJob(stream: string, state: string | null, { start_date: start }: JobPosition["config"]): number | undefined {
  const bookmarks = state === null ? undefined : (parseExact(state) as { bookmarks?: unknown }).bookmarks;
  const bookmark = isObject(bookmarks) ? bookmarks[stream] : undefined;
  const value = isObject(bookmark) ? bookmark.replication_key_value : undefined;
  const text = typeof value === "string" ? value : typeof start === "string" ? start : undefined;
  const time = text === undefined ? Number.NaN : timeOf(text);
  return Number.isNaN(time) ? undefined : time;
}

/** A time without zone as if it were in UTC, cut to milliseconds. "2024-01-02 03:04:05.5+00" is how databases write one. */
function timeOf(text: string): number {
  const [, day, time = "00:00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? [];
  if (day === undefined) return Number.NaN;
  return Date.parse(`${day}T${time}${/^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone}`);
}
