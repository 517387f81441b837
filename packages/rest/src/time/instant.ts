/** Instants in the forms that APIs send and want. Only bounds of requests are made from them: a bookmark stays the source's own text. */

/** How an API wants an instant: RFC 3339 in UTC, a day, seconds or milliseconds since 1970, or a pattern with %Y %m %d %H %M %S. */
export type InstantFormat = "iso" | "date" | "unix" | "unix_ms" | (string & {});

/** Milliseconds since 1970; undefined: the value is no instant. Numbers are seconds, or milliseconds from 10^11 on. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === "number") return Math.abs(value) < 1e11 ? value * 1000 : value;
  if (typeof value !== "string") return undefined;
  if (/^-?\d{9,14}(\.\d+)?$/.test(value)) return instantOf(Number(value));
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(value.trim());
  if (match === null) return undefined;
  const [, day, time = "00:00:00", fraction = "", zone = "Z"] = match;
  const millis = Date.parse(
    `${day}T${time}${time.length === 5 ? ":00" : ""}${fraction.slice(0, 4)}${zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, "$1:$2")}`,
  );
  return Number.isNaN(millis) ? undefined : millis;
}

/** @example formatInstant(0, "date") // "1970-01-01" */
export function formatInstant(millis: number, format: InstantFormat): string {
  const iso = new Date(millis).toISOString();
  if (format === "iso") return iso.replace(/\.000Z$/, "Z");
  if (format === "date") return iso.slice(0, 10);
  if (format === "unix") return String(Math.floor(millis / 1000));
  if (format === "unix_ms") return String(millis);
  const parts: Record<string, string> = {
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    f: `${iso.slice(20, 23)}000`,
    s: String(Math.floor(millis / 1000)),
    z: "+0000",
    "%": "%",
  };
  return format.replace(/%ms|%([a-zA-Z%])/g, (whole, letter) => (whole === "%ms" ? String(millis) : (parts[letter] ?? whole)));
}
