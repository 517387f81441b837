/**
 * The values of a check `unique` that a load has seen: a hash of 64 bits of each, so that a million values take 16 MB and not the text of all.
 * Among ten million values two different ones have the same hash in three of a million loads.
 */
const firstSlots = 1024;

export class SeenValues {
  /** Two words for each slot; both are 0 where it is free. */
  #slots = new Uint32Array(firstSlots * 2);
  count = 0;

  /** @returns whether it was there already */
  add(text: string): boolean {
    const [low, high] = hash(text);
    if (this.#put(this.#slots, low, high)) return true;
    this.count++;
    if (this.count * 2 > this.#slots.length / 2) this.#grow();
    return false;
  }

  #put(slots: Uint32Array, low: number, high: number): boolean {
    const mask = slots.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const [a, b] = [slots[slot * 2], slots[slot * 2 + 1]];
      if (a === low && b === high) return true;
      if (a !== 0 || b !== 0) continue;
      slots[slot * 2] = low;
      slots[slot * 2 + 1] = high;
      return false;
    }
  }

  #grow(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#slots.length; at += 2) {
      const [low, high] = [this.#slots[at] as number, this.#slots[at + 1] as number];
      if (low !== 0 || high !== 0) this.#put(larger, low, high);
    }
    this.#slots = larger;
  }
}

/** Two rounds of MurmurHash3's mixing with different seeds (Appleby, https://github.com/aappleby/smhasher). Never two zeros. */
function hash(text: string): [low: number, high: number] {
  let [a, b] = [0x9e3779b9, 0x85ebca6b];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0xcc9e2d51);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ code, 0x1b873593) + a;
    b = (b << 17) | (b >>> 15);
  }
  return [mix(a ^ text.length) || 1, mix(b + text.length)];
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
