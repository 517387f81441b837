/** Finds where bytes stop being valid UTF-8. */
import { isUtf8 } from "node:buffer";

const newline = 0x0a;

/** The index at which the first line with invalid bytes starts; each line ends with "\n". */
export function firstBadLine(bytes: Buffer): number {
  for (let at = 0; ; ) {
    const end = bytes.indexOf(newline, at) + 1;
    if (end === 0 || !isUtf8(bytes.subarray(at, end))) return at;
    at = end;
  }
}

/** The index of the first byte that does not start a valid character. */
export function firstBadByte(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] as number;
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length > 1 && !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return bytes.length;
}
