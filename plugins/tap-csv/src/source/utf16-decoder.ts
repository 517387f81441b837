/** UTF-16 to UTF-8. TextDecoder does not report which bytes are invalid. */
import type { Decoder, OnBad } from "./decoder-types.ts";

/** `isLittle` undefined: the byte order mark decides; without a mark it is little-endian, the byte order of Windows. */
export function utf16Decoder(isLittle: boolean | undefined, onBad: OnBad): Decoder {
  let order = isLittle;
  let held: number[] = [];
  let high = 0;
  let highByte = 0;
  let written = 0;
  let out = new Uint8Array(0);
  return (bytes, isEnd) => {
    if (out.length < (bytes.length + held.length) * 2 + 8) out = new Uint8Array((bytes.length + held.length) * 2 + 8);
    const all = held.length === 0 ? bytes : Uint8Array.of(...held, ...bytes);
    const whole = all.length & ~1;
    let to = 0;
    const putBad = (byte: number): void => {
      onBad(written + to, byte);
      out[to++] = 0xff;
    };
    if (order === undefined && all.length >= 2) order = !(all[0] === 0xfe && all[1] === 0xff);
    const [low, up] = order === false ? [1, 0] : [0, 1];
    for (let at = 0; at < whole; at += 2) {
      const unit = (all[at + low] as number) | ((all[at + up] as number) << 8);
      if (high !== 0) {
        if (unit >= 0xdc00 && unit < 0xe000) {
          to = putCodePoint(out, to, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
          high = 0;
          continue;
        }
        putBad(highByte);
        high = 0;
      }
      if (unit < 0x80) out[to++] = unit;
      else if (unit >= 0xd800 && unit < 0xdc00) {
        high = unit;
        highByte = all[at] as number;
      } else if (unit >= 0xdc00 && unit < 0xe000) putBad(all[at] as number);
      else to = putCodePoint(out, to, unit);
    }
    held = [...all.subarray(whole)];
    if (isEnd && high !== 0) putBad(highByte);
    if (isEnd && held.length > 0) putBad(held[0] as number);
    written += to;
    return out.subarray(0, to);
  };
}

function putCodePoint(out: Uint8Array, at: number, code: number): number {
  let to = at;
  if (code < 0x800) out[to++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) out[to++] = 0xe0 | (code >> 12);
    else {
      out[to++] = 0xf0 | (code >> 18);
      out[to++] = 0x80 | ((code >> 12) & 0x3f);
    }
    out[to++] = 0x80 | ((code >> 6) & 0x3f);
  }
  out[to++] = 0x80 | (code & 0x3f);
  return to;
}
