/** What a target that shows rows gives the SDK: the columns of a result, and its rows a few at a time. */
import type { ResultColumn } from "@tapline/protocol";

/** The rows of one query. Calls follow one another. */
export interface RowReader extends AsyncDisposable {
  readonly columns: readonly ResultColumn[];
  /** At most `most` of the rows that follow; [] after the last one. Each cell is the JSON text of its value, a number with all its digits. */
  read(most: number): Promise<readonly (readonly string[])[]>;
  /** The number of rows that were not read. Called once, at the end. */
  countRest(): Promise<number>;
}
