/**
 * Files of PostgreSQL's binary COPY: after a header, for each row the number of its values, and for each value its size and its bytes, all
 * numbers big-endian. Pure. Source: PostgreSQL manual, COPY, "Binary Format".
 */

/**
 * What the values of a column are, each in the form in which the server's type of that name sends it. `json`: the text alone, without the
 * byte before it that jsonb has. Dates and times are of the years 1 to 9999, numbers are finite, and JSON values are not null.
 */
export const pgTypes = ["bool", "int8", "numeric", "text", "date", "time", "timestamptz", "uuid", "bytea", "json"] as const;

export type PgType = (typeof pgTypes)[number];

/** The signature, no flags, and no extension of the header. */
export const pgHeader: Buffer = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");

/** What stands in the place of a row's number of values after the last row. */
export const pgEnd = -1;

/** The size of NULL. */
export const pgNull = -1;

/**
 * The position after the row that begins at `at`; -1 where its end is not before `to`. It must not be the end of the file.
 * @example rowEnd(viewOf(bytes), pgHeader.length, bytes.length); // 31: the first row has one value of 4 bytes
 */
export function rowEnd(view: DataView, at: number, to: number): number {
  if (at + 2 > to) return -1;
  let next = at + 2;
  for (let left = view.getInt16(at); left > 0; left--) {
    if (next + 4 > to) return -1;
    const size = view.getInt32(next);
    next += size > 0 ? size + 4 : 4;
  }
  return next <= to ? next : -1;
}

/** @example viewOf(Buffer.from([0, 1])).getInt16(0); // 1 */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
