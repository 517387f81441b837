/**
 * Names as the database can have them: as they are wherever that is possible, else their start and a hash of the whole. Pure.
 */
import { createHash } from "node:crypto";
import type { Dialect } from "../dialect.ts";

/** What of a dialect decides which names it can have. */
export interface NameRules extends Pick<Dialect, "fold" | "maxNameBytes"> {
  /** Names, folded, that mean something else to the database. */
  reserved?: readonly string[];
}

const hashDigits = 8;
/** What a thing without a name is called, before the hash. */
const unnamed = "unnamed";

/** `isTaken`: whether the name, folded, is another's. `suffix` stands at the end of whatever the name becomes. */
export function fitName(name: string, rules: NameRules, isTaken: (folded: string) => boolean = () => false, suffix = ""): string {
  const { fold, maxNameBytes: most = Number.POSITIVE_INFINITY, reserved = [] } = rules;
  const plain = name + suffix;
  const isPossible = name !== "" && !name.includes("\0") && Buffer.byteLength(plain) <= most && !reserved.includes(fold(plain));
  if (isPossible && !isTaken(fold(plain))) return plain;
  const hash = createHash("sha256").update(name).digest("hex");
  const start = name.replaceAll("\0", "") || unnamed;
  for (let digits = hashDigits; ; digits += hashDigits) {
    const end = `_${hash.slice(0, digits)}${suffix}`;
    const fitted = cut(start, most - Buffer.byteLength(end)) + end;
    if (!isTaken(fold(fitted)) || digits >= hash.length) return fitted;
  }
}

/** The longest start of so many bytes that ends between two characters. */
function cut(name: string, mostBytes: number): string {
  if (Buffer.byteLength(name) <= mostBytes) return name;
  let bytes = 0;
  let start = "";
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > mostBytes) break;
    start += character;
  }
  return start;
}
