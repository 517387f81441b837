/** Spans of time as authors write them: seconds, or ISO 8601 such as P1D, PT6H, P1M. */

export interface Duration {
  readonly months: number;
  readonly millis: number;
}

const form = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** undefined: the text is none. @example parseDuration("P1M") // { months: 1, millis: 0 } */
export function parseDuration(value: string | number): Duration | undefined {
  if (typeof value === "number") return value >= 0 && Number.isFinite(value) ? { months: 0, millis: value * 1000 } : undefined;
  const match = form.exec(value);
  if (match === null || /[PT]$/.test(value)) return undefined;
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { months: years * 12 + months, millis: (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000 };
}

/** The instant plus so many times the duration, in UTC. A day that the month lacks becomes its last one. */
export function shift(millis: number, { months, millis: more }: Duration, times = 1): number {
  if (months === 0) return millis + more * times;
  const date = new Date(millis);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months * times);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() + more * times;
}
