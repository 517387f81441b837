/** Reads a file of JSON lines: one record a line, as the Singer SDK writes BATCH files. */
import { isUtf8 } from "node:buffer";
import { protocolErrors, type Records } from "@tapline/protocol";
import type { RecordLines } from "./record-lines.ts";

const [lineEnd, brace] = [0x0a, 0x7b];
const mark = Buffer.of(0xef, 0xbb, 0xbf);

/** @throws invalid_utf8, line_too_long, not_a_message with file and line; what is wrong inside a record shows when its row is read */
export async function* readJson(pieces: AsyncIterable<Buffer>, lines: RecordLines, maxLineBytes: number): AsyncGenerator<Records> {
  let line = 1;
  let carry: Buffer[] = [];
  let carried = 0;
  const take = function* (bytes: Buffer): Generator<Records> {
    let at = line === 1 && bytes.subarray(0, 3).equals(mark) ? 3 : 0;
    for (; at < bytes.length; line++) {
      const found = bytes.indexOf(lineEnd, at);
      const end = found < 0 ? bytes.length : found;
      const record = bytes.subarray(at, end);
      at = end + 1;
      if (isBlank(record)) continue;
      if (!isUtf8(record)) throw protocolErrors.invalid_utf8({}, lines.positionAt(line));
      if (!startsObject(record))
        throw protocolErrors.not_a_message({ reason: "a line of a BATCH file must be one JSON object" }, lines.positionAt(line));
      const run = lines.add(record, line);
      if (run !== undefined) yield run;
    }
  };
  for await (const piece of pieces) {
    const last = piece.lastIndexOf(lineEnd);
    carry.push(last < 0 ? piece : piece.subarray(0, last + 1));
    carried += piece.length;
    if (last < 0 && carried > maxLineBytes)
      throw protocolErrors.line_too_long({ bytes: carried, limit: maxLineBytes }, lines.positionAt(line));
    if (last < 0) continue;
    yield* take(carry.length === 1 ? (carry[0] as Buffer) : Buffer.concat(carry));
    carry = last + 1 < piece.length ? [piece.subarray(last + 1)] : [];
    carried = piece.length - last - 1;
  }
  yield* take(Buffer.concat(carry));
  const rest = lines.take();
  if (rest !== undefined) yield rest;
}

function isBlank(line: Buffer): boolean {
  for (const byte of line) if (byte > 0x20) return false;
  return true;
}

function startsObject(line: Buffer): boolean {
  let at = 0;
  while ((line[at] as number) <= 0x20) at++;
  return line[at] === brace;
}
