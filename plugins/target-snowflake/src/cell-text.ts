/** Values and types as a query shows them: numbers with all their digits, JSON as JSON, everything else as text. Pure. */
import { parseExact } from "@tapline/protocol";
import type { Column } from "snowflake-sdk";

const numberTypes = ["fixed", "real"];
const jsonTypes = ["variant", "object", "array", "map"];

/** As JSON text. `type`: what the client calls it. */
export function cellText(value: unknown, type: string): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  const text = String(value);
  // NaN and infinities are no numbers in JSON.
  if (numberTypes.includes(type) && /^-?\d/.test(text)) return text;
  return jsonTypes.includes(type) ? jsonText(text) : JSON.stringify(text);
}

/** On one line. A VARIANT may hold `undefined`, which is not JSON. */
function jsonText(text: string): string {
  try {
    return JSON.stringify(parseExact(text));
  } catch {
    return JSON.stringify(text);
  }
}

const names: Readonly<Record<string, string>> = { text: "VARCHAR", real: "FLOAT" };

/** As SQL spells it. */
export function shownType(column: Pick<Column, "getType" | "getPrecision" | "getScale">): string {
  const type = column.getType();
  if (type === "fixed") return `NUMBER(${column.getPrecision()},${column.getScale()})`;
  return names[type] ?? type.toUpperCase();
}
