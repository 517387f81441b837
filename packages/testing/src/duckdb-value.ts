/** A value that DuckDB has shown as text, as it was sent: numbers with all their digits, JSON parsed, bytes in base64. */
import { exactNumber, parseExact } from "@tapline/protocol";

/** `text`: the value cast to VARCHAR, in a session whose TimeZone is UTC; `type`: as DESCRIBE spells it */
export function duckdbValue(text: string | null, type: string): unknown {
  if (text === null) return null;
  if (type === "BOOLEAN") return text === "true";
  if (type === "JSON") return parseExact(text);
  if (type === "TIMESTAMP WITH TIME ZONE") return `${text}:00`;
  if (type === "BLOB") return bytesOf(text).toString("base64");
  if (!/^(SMALLINT|INTEGER|BIGINT|HUGEINT|FLOAT|DOUBLE|DECIMAL)/.test(type)) return text;
  // A decimal that has digits after its point only is printed without the 0 before it.
  return special[text] ?? exactNumber(text.replace(/^(-?)\./, "$10."));
}

const special: Record<string, number> = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY };

/** Bytes that are no plain ASCII are written as \\x and two digits. */
function bytesOf(text: string): Buffer {
  const parts = text.match(/\\x[0-9A-F]{2}|./gs) ?? [];
  return Buffer.from(parts.map((part) => (part.length === 1 ? part.charCodeAt(0) : Number.parseInt(part.slice(2), 16))));
}
