/** One configuration laid over another. */
import { isExactNumber } from "@tapline/protocol";

/** Objects merge key by key; anything else (lists too) is replaced. */
export function mergeDeep(under: unknown, over: unknown): unknown {
  if (!isPlainObject(under) || !isPlainObject(over)) return over === undefined ? under : over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = Object.hasOwn(under, key) ? mergeDeep(under[key], value) : value;
  return merged;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);
}
