/** A value in a message: cut short, with its JSON type. Pure. */
import { isExactNumber } from "@tapline/protocol";

const shownLength = 40;

export function shorten(value: unknown): string {
  const text = isExactNumber(value) ? value.rawJSON : typeof value === "number" ? String(value) : safeJson(value);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return Array.isArray(value) ? "[[…]]" : "{…}";
  }
}

export function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (isExactNumber(value)) return "number";
  return value === null ? "null" : typeof value;
}
