/**
 * Turns any names into names that are easy to type, for model files and model columns. Pure. The same names always give the same result,
 * and a name that is already plain does not change.
 */
import { createHash } from "node:crypto";

/** The names for one stream in the dbt project. */
export interface StreamModels {
  /** The table in `source(…)`, and the folder of the stream's files. */
  table: string;
  staging: string;
  history: string;
}

/** One entry per stream, in the same order. */
export function modelNames(streams: readonly string[]): StreamModels[] {
  return plainNames(streams, "stream", []).map((table) => ({ table, staging: `stg_${table}`, history: `${table}_history` }));
}

/** One name for each, all different and none in `reserved`: "Item Name" becomes item_name. */
export function plainNames(names: readonly string[], whenEmpty: string, reserved: readonly string[]): string[] {
  const taken = new Set(reserved);
  const result: string[] = [];
  const settle = (index: number, name: string): void => {
    taken.add(name);
    result[index] = name;
  };
  const wanted = names.map((name) => plainName(name, whenEmpty));
  // Plain names first, so that no other name takes theirs.
  for (const isPlain of [true, false]) {
    wanted.forEach((name, index) => {
      if ((name === names[index]) !== isPlain) return;
      let free = taken.has(name) && reserved.includes(name) ? `source_${name}` : name;
      for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
      settle(index, free);
    });
  }
  return result;
}

/** PostgreSQL cuts names at 63 bytes, and dbt adds words to them. */
const maxBytes = 40;

function plainName(name: string, whenEmpty: string): string {
  const words = name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  const started = name.startsWith("_") || /^\p{N}/u.test(words) ? `_${words}` : words;
  const plain = words === "" ? whenEmpty : started;
  if (Buffer.byteLength(plain) <= maxBytes) return plain;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  let kept = "";
  for (const character of plain) {
    if (Buffer.byteLength(kept + character) > maxBytes - digest.length - 1) break;
    kept += character;
  }
  return `${kept}_${digest}`;
}
