/** A value the stream's schema allows, in a column that can be made to hold it. Thrown before anything of its chunk counts. */
import type { RowBatch } from "@tapline/sdk";

export class TooNarrow extends Error {
  readonly property: string;
  readonly #isRefused: (value: unknown) => boolean;
  /** `isRefused`: whether a value of that property is such a one. */
  constructor(property: string, isRefused: (value: unknown) => boolean) {
    super(`column ${property} is too narrow`);
    this.property = property;
    this.#isRefused = isRefused;
  }

  /** All such values of the property in a batch. */
  refusedOf(batch: RowBatch): unknown[] {
    const { property } = this;
    const values: unknown[] = [];
    for (const { rows } of batch.rows()) {
      for (const row of rows) {
        const value = Object.hasOwn(row, property) ? row[property] : undefined;
        if (value !== undefined && this.#isRefused(value)) values.push(value);
      }
    }
    return values;
  }
}
