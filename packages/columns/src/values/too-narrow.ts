/** A value the stream's schema allows, in a column that can be made to hold it. Thrown before anything of its chunk counts. */
import type { RowBatch } from "@tapline/sdk";

export class TooNarrow extends Error {
  readonly property: string;
  readonly #belongs: (value: unknown) => boolean;
  /** `belongs`: whether a value of that property is one the column has to hold when it is wider: such a one, or one it takes already. */
  constructor(property: string, belongs: (value: unknown) => boolean) {
    super(`column ${property} is too narrow`);
    this.property = property;
    this.#belongs = belongs;
  }

  /**
   * All values of the property in a batch that the wider column has to hold: one made for some of them alone might have no room for
   * the others, and become what it was, for ever.
   */
  valuesOf(batch: RowBatch): unknown[] {
    const { property } = this;
    const values: unknown[] = [];
    for (const { rows } of batch.rows()) {
      for (const row of rows) {
        const value = Object.hasOwn(row, property) ? row[property] : undefined;
        if (value !== undefined && value !== null && this.#belongs(value)) values.push(value);
      }
    }
    return values;
  }
}
