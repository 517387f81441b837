/** Names as the database can have them: unchanged where that is possible, else the start of the name and a hash of all of it. Pure. */
import { createHash } from "node:crypto";

/** Which names a database can have. */
export interface NameRules {
  /** Names that are the same to the database have the same folded form. */
  fold(name: string): string;
  /** Most bytes of a name in UTF-8; the database would cut a longer one silently. */
  maxNameBytes: number | undefined;
  /** Names, folded, that mean something else to the database. */
  reserved?: readonly string[];
}

const hashDigits = 8;

/** The start of the name of something without a name. */
const unnamed = "unnamed";

/** `isTaken`: whether something else has the folded name. The result always ends with `suffix`. `hashed`: what the hash is made from. */
export function fitName(
  name: string,
  rules: NameRules,
  isTaken: (folded: string) => boolean = () => false,
  suffix = "",
  hashed = name,
): string {
  const { fold, maxNameBytes: most = Number.POSITIVE_INFINITY, reserved = [] } = rules;
  const plain = name + suffix;
  const isPossible = name !== "" && !name.includes("\0") && Buffer.byteLength(plain) <= most && !reserved.includes(fold(plain));
  if (isPossible && !isTaken(fold(plain))) return plain;
  const hash = createHash("sha256").update(hashed).digest("hex");
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
