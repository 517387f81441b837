/** Values as text: strings unchanged, all else as JSON with every digit. Pure. */
import type { TextType } from "../types/column-type.ts";
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

/** The text of a column's type. @throws Refusal text_too_long, not_a_label, as `jsonText` */
export function textReader({ length = Number.POSITIVE_INFINITY, labels }: TextType): (value: unknown) => string {
  const known = labels === undefined ? undefined : new Set(labels);
  if (known === undefined && length === Number.POSITIVE_INFINITY) return plainText;
  return (value) => {
    const text = plainText(value);
    // Databases count characters, not UTF-16 units. PostgreSQL silently cuts spaces after the limit, so they are counted too.
    if (text.length > length && [...text].length > length) throw new Refusal("text_too_long");
    if (known !== undefined && !known.has(text)) throw new Refusal("not_a_label");
    return text;
  };
}
