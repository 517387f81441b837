/** The offset of a time zone at a local time, from the ICU data in Node. */

/** Minutes east of Greenwich at a local time; undefined for a time that was skipped when clocks went forward. */
export type ZoneOffset = (year: number, month: number, day: number, hour: number, minute: number) => number | undefined;

/**
 * `zone`: an IANA name (`Europe/Berlin`, `UTC`) or an offset (`+02:00`). A time that occurred twice when clocks went back is the
 * earlier one, as in RFC 5545. Undefined for an unknown zone.
 */
export function zoneOffset(zone: string): ZoneOffset | undefined {
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return minutes < 24 * 60 ? () => (fixed[1] === "-" ? -minutes : minutes) : undefined;
  }
  let clock: Intl.DateTimeFormat;
  try {
    clock = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset", hourCycle: "h23", year: "numeric" });
  } catch {
    return undefined;
  }
  return cached((local) => offsetAtLocal(clock, local));
}

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;

/** Offsets change only at quarters of an hour, and the times in a file are close together, so few are looked up. */
function cached(lookUp: (localMs: number) => number | undefined): ZoneOffset {
  const known = new Map<number, number | undefined>();
  return (year, month, day, hour, minute) => {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    const quarter = Math.floor((date.getTime() + (hour * 60 + minute) * minuteMs) / quarterMs);
    if (!known.has(quarter)) {
      if (known.size > 100_000) known.clear();
      known.set(quarter, lookUp(quarter * quarterMs));
    }
    return known.get(quarter);
  };
}

/** The offset is that of a day before or of a day after. */
function offsetAtLocal(clock: Intl.DateTimeFormat, localMs: number): number | undefined {
  const dayMs = 24 * 60 * minuteMs;
  const candidates = [offsetAt(clock, localMs - dayMs), offsetAt(clock, localMs + dayMs)];
  return candidates.sort((a, b) => b - a).find((minutes) => offsetAt(clock, localMs - minutes * minuteMs) === minutes);
}

/** Offsets before 1900 had seconds; they are cut to minutes, because RFC 3339 has no seconds in offsets. */
function offsetAt(clock: Intl.DateTimeFormat, utcMs: number): number {
  const name = clock.formatToParts(utcMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const match = /([+-])(\d\d):(\d\d)/.exec(name);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === "-" ? -minutes : minutes;
}
