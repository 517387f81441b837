/** The values of cells as CSV text. Texts that could be taken for a number, a date or a boolean are quoted, and nothing else is. */

/** Doubled quotes; quoted also when it has a digit, so that detection does not take the text `00123` for a number. */
export function csvText(text: string): string {
  if (!needsQuotes.test(text)) return text;
  return `"${text.includes('"') ? text.replaceAll('"', '""') : text}"`;
}

const needsQuotes = /[",\r\n\d]|^(?:true|false)$/i;

/** `_x000D_` stands for a character that XML can't hold. Source: ECMA-376 part 1, 22.4.2.4 (bstr). */
export function decodeEscapes(text: string): string {
  if (!text.includes("_x")) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The shortest digits that give the same double, without an exponent where they stay readable. Undefined when the text is no number. */
export function numberText(text: string): string | undefined {
  if (shortInteger.test(text)) return text;
  if (!number.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? withoutExponent(String(value)) : undefined;
}

const shortInteger = /^(?:0|-?[1-9]\d{0,14})$/;
const number = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

/** Longer numbers than this keep their exponent. */
const mostZeros = 30;

function withoutExponent(text: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign, first, rest = "", power] = match as unknown as [string, string, string, string | undefined, string];
  const exponent = Number(power);
  if (Math.abs(exponent) > mostZeros) return text;
  const digits = first + rest;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  return sign + digits.padEnd(exponent + 1, "0");
}
