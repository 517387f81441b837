/** A decimal as the log stores it: nine digits in four bytes, big-endian, negative ones with all bits turned. Pure. Source: MySQL, decimal.cc, bin2decimal. */
const digitsInWord = 9;
const bytesOfDigits = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4] as const;

export function decimalSize(precision: number, scale: number): number {
  const size = (digits: number): number => Math.floor(digits / digitsInWord) * 4 + (bytesOfDigits[digits % digitsInWord] as number);
  return size(precision - scale) + size(scale);
}

export function decimalText(bytes: Buffer, at: number, precision: number, scale: number): string {
  const size = decimalSize(precision, scale);
  const isNegative = ((bytes[at] as number) & 0x80) === 0;
  const copy = Buffer.from(bytes.subarray(at, at + size));
  copy[0] = (copy[0] as number) ^ 0x80;
  if (isNegative) for (let i = 0; i < size; i++) copy[i] = (copy[i] as number) ^ 0xff;
  let from = 0;
  const take = (digits: number): string => {
    const width = bytesOfDigits[digits] as number;
    const text = width === 0 ? "" : String(copy.readUIntBE(from, width)).padStart(digits, "0");
    from += width;
    return text;
  };
  const whole = precision - scale;
  let text = take(whole % digitsInWord);
  for (let left = Math.floor(whole / digitsInWord); left > 0; left--) text += take(digitsInWord);
  text = text.replace(/^0+(?=\d)/, "") || "0";
  if (scale > 0) {
    text += ".";
    for (let left = Math.floor(scale / digitsInWord); left > 0; left--) text += take(digitsInWord);
    text += take(scale % digitsInWord);
  }
  return isNegative ? `-${text}` : text;
}
