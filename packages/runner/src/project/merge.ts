/** Merges one configuration over another. */
import { isObject } from "@tapline/protocol";

/** Objects are merged key by key; anything else, lists too, is replaced. */
export function mergeDeep(under: unknown, over: unknown): unknown {
  if (!isObject(under) || !isObject(over)) return over === undefined ? under : over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) merged[key] = Object.hasOwn(under, key) ? mergeDeep(under[key], value) : value;
  return merged;
}
