/** Cuts a range of days into the partitions of a back-fill. Each ends where the next one begins. Pure. */

export type PartitionSize = "day" | "month";

export interface Partition {
  /** 2026-01-31, or 2026-01 for a whole month. */
  name: string;
  /** The midnight at which it begins, in the back-fill's time zone: 2026-01-31T00:00:00+01:00. It is part of the partition. */
  from: string;
  /** The midnight at which it ends, which is not. */
  to: string;
}

export interface PartitionRange {
  /** Days, such as 2026-01-31. */
  from: string;
  to: string;
  by: PartitionSize;
  /** Of the IANA time zone database. */
  timezone: string;
}

const dayMs = 86_400_000;

/** The oldest first; none where `to` is not after `from`. */
export function partitionsOf({ from, to, by, timezone }: PartitionRange): Partition[] {
  const offsets = new Intl.DateTimeFormat("en-US", { timeZone: timezone, timeZoneName: "longOffset" });
  const partitions: Partition[] = [];
  for (let day = from; day < to; ) {
    const next = by === "day" ? dayAfter(day) : monthAfter(day);
    const end = next < to ? next : to;
    const isWholeMonth = by === "month" && day.endsWith("-01") && end === next;
    partitions.push({ name: isWholeMonth ? day.slice(0, 7) : day, from: midnight(day, offsets), to: midnight(end, offsets) });
    day = end;
  }
  return partitions;
}

/** Whether it is a day that exists. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);

function monthAfter(day: string): string {
  const [year = 0, month = 0] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
}

/**
 * The offset is that of the place at this midnight. It is asked for twice, for the first answer is that of another hour of the day. Where
 * clocks skip midnight it is the one before or after the change, and the same for the partitions on both sides.
 */
function midnight(day: string, offsets: Intl.DateTimeFormat): string {
  let offset = "+00:00";
  for (let i = 0; i < 2; i++) offset = offsetAt(new Date(`${day}T00:00:00${offset}`), offsets);
  return `${day}T00:00:00${offset}`;
}

function offsetAt(instant: Date, offsets: Intl.DateTimeFormat): string {
  const name = offsets.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value ?? "";
  return /[+-]\d\d:\d\d/.exec(name)?.[0] ?? "+00:00";
}
