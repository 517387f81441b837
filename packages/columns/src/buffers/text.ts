/** Text as UTF-8. */

/** Up to this length copying ASCII unit by unit beats the call into `Buffer.write` (0.25 against 0.30 us for five strings). */
const shortLength = 24;

/** `bytes` must have room for three bytes a unit. @returns the number of bytes written */
export function writeUtf8(bytes: Buffer, start: number, text: string): number {
  const { length } = text;
  if (length > shortLength) return bytes.write(text, start, "utf8");
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return bytes.write(text, start, "utf8");
    bytes[start + i] = unit;
  }
  return length;
}
