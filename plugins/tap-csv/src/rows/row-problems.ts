/** Why a row can't be read: the error with its position, and the policy that decides what happens. */
import type { Position } from "@tapline/sdk";
import { errors, shorten } from "../errors.ts";
import type { RowPolicy } from "./policy.ts";

export interface Problem {
  rule: keyof RowPolicy;
  error: Error & { code: string };
  /** The position of the error in the bytes. */
  at: number;
}

/** Where a row is, whose bytes must still be unchanged. */
export interface RowLocation {
  bytes: Uint8Array;
  start: number;
  /** The line where the row starts. */
  line: number;
  rowsAreLines: boolean;
  /** Stream and file. */
  position: Position | undefined;
}

const [lf, cr] = [0x0a, 0x0d];

export function noData(rule: "blankLines" | "emptyRows", row: RowLocation): Problem {
  const error = rule === "blankLines" ? errors.row_blank({}, startOf(row)) : errors.row_empty({}, startOf(row));
  return { rule, error, at: row.start };
}

export function wrongCount(row: RowLocation, rule: "short" | "long", counts: { cells: number; columns: number }, at: number): Problem {
  const error = rule === "short" ? errors.row_too_short(counts, startOf(row)) : errors.row_too_long(counts, startOf(row));
  return { rule, error, at };
}

/** `quoteLine`: of the quote that is open, 0 for none. */
export function overBudget(row: RowLocation, limit: number, quoteLine: number, at: number): Problem {
  return { rule: "other", error: errors.row_over_budget({ limit, quoteLine }, startOf(row)), at };
}

export function nulByte(row: RowLocation, at: number): Problem {
  return { rule: "nulBytes", error: errors.nul_byte({}, positionIn(row, at)), at };
}

export function escapeAtEnd(row: RowLocation, at: number): Problem {
  return { rule: "other", error: errors.escape_at_end({}, positionIn(row, at)), at };
}

export function quoteNotClosed(row: RowLocation, quoteAt: number, at: number): Problem {
  return { rule: "strayQuotes", error: errors.quote_not_closed({}, positionIn(row, quoteAt)), at };
}

/** `to`: where the bytes end. */
export function textAfterQuote(row: RowLocation, at: number, to: number): Problem {
  const rest = Buffer.from(row.bytes.subarray(at, Math.min(to, at + 60))).toString();
  const error = errors.text_after_quote({ found: shorten(rest.split(/[\r\n]/, 1)[0] ?? "") }, positionIn(row, at));
  return { rule: "strayQuotes", error, at };
}

/** `found`: the encoding of the file and the byte, where the file was decoded. */
export function invalidByte(
  row: RowLocation,
  at: number,
  column: string | undefined,
  found: { encoding: string; byte: number | undefined } | undefined,
): Problem {
  const position = { ...positionIn(row, at), ...(column === undefined ? {} : { column }) };
  const error = errors.invalid_utf8(found ?? { encoding: "utf-8", byte: row.bytes[at] as number }, position);
  return { rule: "badBytes", error, at };
}

const startOf = ({ position, line }: RowLocation): Position => ({ ...position, line });

/** The line and character at `at`. */
function positionIn({ bytes, start, line: firstLine, rowsAreLines, position }: RowLocation, at: number): Position {
  let line = firstLine;
  let lineStart = start;
  for (let i = start; i < at; i++) {
    const byte = bytes[i];
    if (byte !== lf && (byte !== cr || bytes[i + 1] === lf)) continue;
    if (!rowsAreLines) line++;
    lineStart = i + 1;
  }
  const before = Buffer.from(bytes.subarray(lineStart, at)).toString();
  return { ...position, line, offset: [...before].length + 1 };
}
