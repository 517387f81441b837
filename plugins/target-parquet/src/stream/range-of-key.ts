/** The smallest and largest value of a key over the row groups of a file, for the manifest. */
import { type ColumnBuffer, type ColumnType, rangeOf } from "@tapline/columns";
import type { KeyRange } from "../manifest/manifest.ts";

export class RangeOfKey {
  readonly #column: string;
  readonly #type: ColumnType;
  readonly #buffer: ColumnBuffer;
  #range: { min: Buffer; max: Buffer } | undefined;
  #isUnknown: boolean;

  constructor(column: string, type: ColumnType, buffer: ColumnBuffer) {
    this.#column = column;
    this.#type = type;
    this.#buffer = buffer;
    this.#isUnknown = !isRanged(type);
  }

  /** Takes the values that the buffer has now. */
  add(): void {
    if (this.#isUnknown) return;
    const found = rangeOf(this.#buffer, this.#type, true);
    if (found === undefined) this.#isUnknown = true;
    else if (this.#range === undefined) this.#range = found;
    else {
      if (this.#compare(found.min, this.#range.min) < 0) this.#range.min = found.min;
      if (this.#compare(found.max, this.#range.max) > 0) this.#range.max = found.max;
    }
  }

  get text(): KeyRange | undefined {
    if (this.#isUnknown || this.#range === undefined) return undefined;
    const { min, max } = this.#range;
    const column = this.#column;
    return this.#type.kind === "bigint"
      ? { column, min: String(min.readBigInt64LE()), max: String(max.readBigInt64LE()) }
      : { column, min: min.toString("utf8"), max: max.toString("utf8") };
  }

  #compare(a: Buffer, b: Buffer): number {
    if (this.#type.kind !== "bigint") return a.compare(b);
    const [first, second] = [a.readBigInt64LE(), b.readBigInt64LE()];
    return first < second ? -1 : first > second ? 1 : 0;
  }
}

/** Integers, and texts by their bytes. */
export function isRanged({ kind }: ColumnType): boolean {
  return kind === "bigint" || kind === "varchar";
}

/** Whether two ranges of a key of this type can have a value in common. */
export function overlap({ kind }: ColumnType, a: KeyRange, b: KeyRange): boolean {
  const isAfter =
    kind === "bigint"
      ? (x: string, y: string) => BigInt(x) > BigInt(y)
      : (x: string, y: string) => Buffer.compare(Buffer.from(x), Buffer.from(y)) > 0;
  return !isAfter(a.min, b.max) && !isAfter(b.min, a.max);
}
