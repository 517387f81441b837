/** JSON text of an answer as values: numbers that a double can't hold keep their digits. */
import { mayHoldExactNumbers, parseExact } from "@tapline/protocol";

/** @throws SyntaxError */
export function parseJson(bytes: Buffer): unknown {
  // A mark of byte order is no JSON, and some servers send one.
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = bytes.toString("utf8", start);
  return mayHoldExactNumbers(bytes, start, bytes.length) ? parseExact(text) : JSON.parse(text);
}
