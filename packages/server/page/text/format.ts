/** Numbers, sizes, durations and times as people read them. Pure: what is now is given. */

const numbers = new Intl.NumberFormat("en");

/** "1,234,567"; a count that nobody reported is "–". */
export const formatCount = (count: number | null | undefined): string =>
  count === null || count === undefined ? "–" : numbers.format(count);

/** "1 run", "2 runs", "1,000 runs". */
export const counted = (count: number, noun: string): string => `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

/** "980 B", "1.5 kB", "12 MB": by thousands, as file managers do. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "–";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [size, unit] = [bytes, 0];
  while (size >= 999.5 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

/** "< 0.1 s", "0.4 s", "12 s", "3 min 5 s", "2 h 10 min", "3 d 4 h". */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds > 0 && seconds < 0.05) return "< 0.1 s";
  if (seconds < 9.95) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(seconds / 3600);
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

const two = (large: number, unit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;

/** "3 minutes ago", "in 2 hours", "now". Rounds down, so that "in 1 minute" is never less than a minute. */
export function formatRelative(instant: string, now: number): string {
  const seconds = Math.trunc((Date.parse(instant) - now) / 1000);
  const far = Math.abs(seconds);
  if (far < 2) return "now";
  const [count, unit] = largestUnit(far);
  return seconds < 0 ? `${counted(count, unit)} ago` : `in ${counted(count, unit)}`;
}

function largestUnit(seconds: number): [number, string] {
  if (seconds < 60) return [seconds, "second"];
  if (seconds < 3600) return [Math.floor(seconds / 60), "minute"];
  if (seconds < 2 * 86_400) return [Math.floor(seconds / 3600), "hour"];
  return [Math.floor(seconds / 86_400), "day"];
}

/** "2026-01-31 03:15:00" on the clock of the reader, with seconds. */
export function formatInstant(instant: string): string {
  const date = new Date(instant);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

export const secondsBetween = (from: string, to: string | number): number =>
  ((typeof to === "number" ? to : Date.parse(to)) - Date.parse(from)) / 1000;

/** "orders", "orders and items", "orders, items and 3 more". */
export function formatNames(names: readonly string[], most = 3): string {
  if (names.length <= 1) return names[0] ?? "";
  if (names.length <= most) return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `${names.slice(0, most - 1).join(", ")} and ${names.length - most + 1} more`;
}
