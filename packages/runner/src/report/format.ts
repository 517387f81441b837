/** Counts, sizes, durations and tables as text. */
import { formatNumber } from "@tapline/protocol";
import { layOut } from "@tapline/protocol/text";

export function describeCount(count: number | null): string {
  return count === null ? "unknown" : formatNumber(count);
}

export function describeBytes(bytes: number | null): string {
  if (bytes === null) return "unknown";
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

export function describeSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return `${hours > 0 ? `${hours} h ` : ""}${minutes} min ${whole % 60} s`;
}

/** A table of numbers: the first column, a name, is to the left and may be cut; the others are to the right. */
export function layOutNumbers(rows: readonly (readonly string[])[], width?: number): string[] {
  return layOut(rows, { width, align: (rows[0] ?? []).map((_, column) => (column === 0 ? "left" : "right")) });
}
