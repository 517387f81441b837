/** What a format of rows makes of an answer. */
import type { ResultColumn } from "@tapline/protocol";

export interface RowFormat {
  /** Text to print before the first row. */
  start(columns: readonly ResultColumn[]): string;
  /** Text to print now; "" where the format waits for more rows. */
  row(cells: readonly string[]): string;
  /** Text to print once no more rows follow. It may be called twice. */
  end(): string;
}
