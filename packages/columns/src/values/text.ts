/** Values as text: strings unchanged, all else as JSON with every digit. Pure. */
import { Refusal } from "./refusal.ts";

/** Strings unchanged, any other value as its JSON text. NaN and Infinity, which JSON can't express, are spelled out. */
export function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : jsonText(value);
}

/** What `JSON.stringify` changes silently: NaN and infinities (it writes null), -0 (it writes 0). */
const suspicious = /null|(?:^|[[:,])0(?:[\],}]|$)/;

/** Any value as its JSON text, every number with its digits. @throws Refusal not_finite, nested_too_deep */
export function jsonText(value: unknown): string {
  try {
    const text = JSON.stringify(value);
    return suspicious.test(text) ? JSON.stringify(value, keepNumber) : text;
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal("nested_too_deep");
    throw error;
  }
}

function keepNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "number") return value;
  if (!Number.isFinite(value)) throw new Refusal("not_finite");
  return Object.is(value, -0) ? rawJson("-0") : value;
}

/** In Node since 21; not in TypeScript's library yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
