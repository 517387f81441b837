/** A column refused a value that the stream's schema allows, so the column is to be widened. Thrown before any row of its chunk counts. */
import type { RowBatch } from "@tapline/sdk";

export class TooNarrow extends Error {
  readonly property: string;
  readonly #mustFit: (value: unknown) => boolean;
  /** `mustFit`: whether a value of the property must fit the wider column: one that it refused for this reason, or one that it takes already. */
  constructor(property: string, mustFit: (value: unknown) => boolean) {
    super(`column ${property} is too narrow`);
    this.property = property;
    this.#mustFit = mustFit;
  }

  /**
   * All values of the property in a batch that the wider column has to hold. A column widened for some of them might refuse the others
   * and be widened back and forth for ever.
   */
  valuesOf(batch: RowBatch): unknown[] {
    const { property } = this;
    const values: unknown[] = [];
    for (const { rows } of batch.rows()) {
      for (const row of rows) {
        const value = Object.hasOwn(row, property) ? row[property] : undefined;
        if (value !== undefined && value !== null && this.#mustFit(value)) values.push(value);
      }
    }
    return values;
  }
}
