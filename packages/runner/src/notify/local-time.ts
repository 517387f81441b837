/** Days and times of day in a time zone. Pure. */

const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

export type Weekday = (typeof weekdays)[number];

/** A day of the calendar: 2026-01-31. */
export type Day = string;

export function dayAt(instant: Date, zone: string): Day {
  return localText(instant, zone).slice(0, 10);
}

export function weekdayOf(day: Day): Weekday {
  return weekdays[new Date(`${day}T00:00Z`).getUTCDay()] as Weekday;
}

export function dayBefore(day: Day): Day {
  return new Date(Date.parse(`${day}T00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** The first instant at which clocks there show it. A time that they skip is as late as it would be without the change. */
export function instantOf(day: Day, time: string, zone: string): Date {
  const wanted = Date.parse(`${day}T${time}Z`);
  const offsets = [-86_400_000, 86_400_000].map((distance) => offsetAt(new Date(wanted + distance), zone));
  const found = offsets.map((offset) => wanted - offset).filter((instant) => instant + offsetAt(new Date(instant), zone) === wanted);
  return new Date(found.length > 0 ? Math.min(...found) : wanted - (offsets[0] as number));
}

/** How far clocks there are before UTC. */
function offsetAt(instant: Date, zone: string): number {
  const whole = Math.floor(instant.getTime() / 1000) * 1000;
  return Date.parse(`${localText(new Date(whole), zone)}Z`) - whole;
}

/** 2026-01-31T10:15:00 on a clock there. */
function localText(instant: Date, zone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return format.format(instant).replace(" ", "T");
}
