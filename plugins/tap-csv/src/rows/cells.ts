/** Where the cells of a row are in the bytes of a file. */

/** The cell was in quotes. */
export const quotedFlag = 1;
/** The cell still has doubled quotes or escape characters. */
export const escapedFlag = 2;

/** The bytes of cell i are [starts[i], ends[i]) of `bytes`. */
export interface Cells {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly flags: Uint8Array;
}
