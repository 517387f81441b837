/**
 * Writes the value in [start, end) of `input` in canonical form (JSON for numbers and booleans, ISO 8601 for dates and times) to `out`
 * at `at`. Returns the position after it, or -1 when the value is not written in this format. It writes at most 32 bytes more than
 * the cell has.
 */
export type CanonicalWriter = (input: Uint8Array, start: number, end: number, out: Uint8Array, at: number) => number;
