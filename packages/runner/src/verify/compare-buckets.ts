/** Adds up the buckets of a table, and finds those in which two tables differ. Pure. */
import { type BucketLine, type ColumnStatistics, parseDecimal } from "@tapline/protocol";
import type { ColumnPair } from "./pair-columns.ts";

interface Bucket extends Pick<BucketLine, "rows" | "checksum"> {
  duplicates: number;
}

export interface TableDigest {
  rows: number;
  nullKeys: number;
  buckets: Map<number, Bucket>;
  columns: (ColumnStatistics | null)[];
}

export const emptyDigest = (columns: number): TableDigest => ({
  rows: 0,
  nullKeys: 0,
  buckets: new Map(),
  columns: Array.from({ length: columns }, () => null),
});

export function addBucket(digest: TableDigest, line: BucketLine, pairs: readonly ColumnPair[]): void {
  digest.rows += line.rows;
  digest.nullKeys += line.null_keys;
  digest.buckets.set(line.bucket, { rows: line.rows, checksum: line.checksum, duplicates: line.duplicates ?? 0 });
  line.columns?.forEach((own, index) => {
    const pair = pairs[index];
    if (pair !== undefined) digest.columns[index] = addStatistics(digest.columns[index] ?? null, own, pair);
  });
}

/** The buckets that a table lacks, or that hold other rows. */
export function differingBuckets(here: TableDigest, there: TableDigest): number[] {
  const all = new Set([...here.buckets.keys(), ...there.buckets.keys()]);
  return [...all]
    .filter((bucket) => {
      const [one, other] = [here.buckets.get(bucket), there.buckets.get(bucket)];
      return one === undefined || other === undefined || one.rows !== other.rows || one.checksum !== other.checksum;
    })
    .sort((a, b) => a - b);
}

function addStatistics(sum: ColumnStatistics | null, own: ColumnStatistics, { kind }: ColumnPair): ColumnStatistics {
  if (sum === null) return own;
  const least = (a: string, b: string): string => (isLess(b, a) ? b : a);
  const most = (a: string, b: string): string => (isLess(a, b) ? b : a);
  return {
    nulls: sum.nulls + own.nulls,
    ...merged("sum", sum, own, kind === "decimal" ? addDecimals : (a, b) => String(BigInt(a) + BigInt(b))),
    ...merged("min", sum, own, least),
    ...merged("max", sum, own, most),
  };
}

function merged(
  name: "sum" | "min" | "max",
  { [name]: a }: ColumnStatistics,
  { [name]: b }: ColumnStatistics,
  of: (a: string, b: string) => string,
): Partial<ColumnStatistics> {
  const value = typeof a === "string" && typeof b === "string" ? of(a, b) : (a ?? b);
  return value === undefined ? {} : { [name]: value };
}

/** Texts of numbers, days or seconds. NaN is more than any other, as in the databases. */
function isLess(a: string, b: string): boolean {
  const [one, other] = [rank(a), rank(b)];
  if (one !== other) return one < other;
  if (one !== 0) return false;
  const [x, y] = [parseDecimal(a), parseDecimal(b)];
  if (x === null || y === null) return a < b;
  return Number(a) === Number(b) ? difference(a, b) < 0 : Number(a) < Number(b);
}

function rank(text: string): number {
  if (text === "NaN") return 2;
  if (/^-inf/i.test(text)) return -1;
  return /^inf/i.test(text) ? 1 : 0;
}

const difference = (a: string, b: string): number => {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
};

/** Both as whole numbers of the same small unit. */
function aligned(a: string, b: string): [bigint, bigint, number] {
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return [scaled(a, scale), scaled(b, scale), scale];
}

const scaleOf = (text: string): number => (/[eE]/.test(text) ? 0 : (text.split(".")[1] ?? "").length);

function scaled(text: string, scale: number): bigint {
  if (/[eE]/.test(text)) return BigInt(Math.trunc(Number(text)));
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(scale, "0"));
}

export function addDecimals(a: string, b: string): string {
  if (!/^-?\d/.test(a) || !/^-?\d/.test(b)) return "NaN";
  const [x, y, scale] = aligned(a, b);
  const sum = x + y;
  if (scale === 0) return String(sum);
  const digits = String(sum < 0n ? -sum : sum).padStart(scale + 1, "0");
  const text = `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, "");
  return sum < 0n ? `-${text}` : text;
}
