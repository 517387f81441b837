/** Numbers of one to nine bytes. Pure. */

/** A number of one to nine bytes, and where it ends. Source: MySQL manual, "Protocol::LengthEncodedInteger". */
export function readLength(bytes: Buffer, at: number): [value: number, after: number] {
  const first = bytes[at] as number;
  if (first < 0xfb) return [first, at + 1];
  if (first === 0xfc) return [bytes.readUInt16LE(at + 1), at + 3];
  if (first === 0xfd) return [bytes.readUIntLE(at + 1, 3), at + 4];
  return [Number(bytes.readBigUInt64LE(at + 1)), at + 9];
}
