/**
 * Finds the fields of a JSON object in bytes, without parsing their values. It is lenient inside values, which are read by whoever uses
 * them, and strict about everything that separates them.
 */

/** Numbers in `positions` for each field: where its key begins and ends, and where its value begins and ends. */
export const perField = 4;

export class FieldScan {
  positions = new Int32Array(32 * perField);
  count = 0;
  /** After the object's "}". */
  end = 0;

  /** `at` is the object's "{". False: it is none that this can read. */
  scan(bytes: Buffer, at: number, limit: number): boolean {
    this.count = 0;
    if (bytes[at] !== 0x7b) return false;
    let here = skipSpace(bytes, at + 1);
    if (bytes[here] === 0x7d) {
      this.end = here + 1;
      return true;
    }
    while (here < limit) {
      if (bytes[here] !== 0x22) return false;
      const keyEnd = skipString(bytes, here, limit);
      if (keyEnd < 0) return false;
      let from = skipSpace(bytes, keyEnd);
      if (bytes[from] !== 0x3a) return false;
      from = skipSpace(bytes, from + 1);
      const to = skipValue(bytes, from, limit);
      if (to < 0) return false;
      this.#add(here, keyEnd, from, to);
      here = skipSpace(bytes, to);
      const byte = bytes[here];
      if (byte === 0x7d) {
        this.end = here + 1;
        return true;
      }
      if (byte !== 0x2c) return false;
      here = skipSpace(bytes, here + 1);
    }
    return false;
  }

  #add(keyStart: number, keyEnd: number, valueStart: number, valueEnd: number): void {
    const at = this.count * perField;
    if (at === this.positions.length) {
      const larger = new Int32Array(this.positions.length * 2);
      larger.set(this.positions);
      this.positions = larger;
    }
    this.positions[at] = keyStart;
    this.positions[at + 1] = keyEnd;
    this.positions[at + 2] = valueStart;
    this.positions[at + 3] = valueEnd;
    this.count++;
  }
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d) at++;
  return at;
}

/** `at` is the opening quote. Returns the place after the closing one, or -1. */
function skipString(bytes: Buffer, from: number, limit: number): number {
  for (let at = from + 1; at < limit; at++) {
    const byte = bytes[at];
    if (byte === 0x22) return at + 1;
    if (byte === 0x5c) at++;
  }
  return -1;
}

function skipValue(bytes: Buffer, from: number, limit: number): number {
  const byte = bytes[from];
  if (byte === 0x22) return skipString(bytes, from, limit);
  if (byte === 0x7b || byte === 0x5b) return skipNested(bytes, from, limit);
  let at = from;
  while (at < limit && isScalar[bytes[at] as number]) at++;
  return at === from ? -1 : at;
}

function skipNested(bytes: Buffer, from: number, limit: number): number {
  let depth = 0;
  for (let at = from; at < limit; at++) {
    const byte = bytes[at];
    if (byte === 0x22) {
      at = skipString(bytes, at, limit) - 1;
      if (at < 0) return -1;
    } else if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at + 1;
  }
  return -1;
}

const isScalar = new Uint8Array(256);
for (const byte of Buffer.from("0123456789+-.eEtrufalsnINity")) isScalar[byte] = 1;
for (const byte of Buffer.from("NaN")) isScalar[byte] = 1;
