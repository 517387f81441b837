/** Values as bytes of the log: against what their description says, without a server. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalSize, decimalText } from "./decimal.ts";
import { jsonText } from "./json-binary.ts";
import { datetimeText, timestampText, timeText } from "./times.ts";

/** The server's own form, by the manual. */
function storeDecimal(text: string, precision: number, scale: number): Buffer {
  const isNegative = text.startsWith("-");
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const sizes = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];
  const group = (digits: string): Buffer => {
    const bytes = Buffer.alloc(sizes[digits.length] as number);
    if (bytes.length > 0) bytes.writeUIntBE(Number(digits), 0, bytes.length);
    return bytes;
  };
  const left = precision === scale ? "" : whole.padStart(precision - scale, "0");
  const right = fraction.padEnd(scale, "0");
  const first = left.length % 9;
  const bytes = Buffer.concat([
    group(left.slice(0, first)),
    ...(left.slice(first).match(/.{9}/g) ?? []).map(group),
    ...(right.match(/.{1,9}/g) ?? []).map(group),
  ]);
  if (isNegative) for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] as number) ^ 0xff;
  bytes[0] = (bytes[0] as number) ^ 0x80;
  return bytes;
}

test("any decimal is its digits", () => {
  const shapes = fc
    .integer({ min: 1, max: 65 })
    .chain((precision) => fc.tuple(fc.constant(precision), fc.integer({ min: 0, max: Math.min(precision, 38) })));
  fc.assert(
    fc.property(
      shapes.chain(([precision, scale]) =>
        fc.tuple(
          fc.constant(precision),
          fc.constant(scale),
          fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }),
        ),
      ),
      ([precision, scale, value]) => {
        const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
        const at = digits.length - scale;
        const text = `${value < 0n ? "-" : ""}${digits.slice(0, at)}${scale > 0 ? `.${digits.slice(at)}` : ""}`;
        const bytes = storeDecimal(text, precision, scale);
        expect(bytes.length).toBe(decimalSize(precision, scale));
        expect(decimalText(bytes, 0, precision, scale)).toBe(text);
      },
    ),
  );
});

test("a datetime is a year, month and day, and a time, in forty bits", () => {
  const store = (year: number, month: number, day: number, hours: number, minutes: number, seconds: number): Buffer => {
    const bytes = Buffer.alloc(5);
    bytes.writeUIntBE(0x80_0000_0000 + ((year * 13 + month) * 32 + day) * 2 ** 17 + (hours << 12) + (minutes << 6) + seconds, 0, 5);
    return bytes;
  };
  expect(datetimeText(store(9999, 12, 31, 23, 59, 59), 0, 0)).toBe("9999-12-31 23:59:59");
  expect(datetimeText(store(0, 0, 0, 0, 0, 0), 0, 0)).toBe("0000-00-00 00:00:00");
  expect(datetimeText(Buffer.concat([store(2024, 0, 5, 1, 2, 3), Buffer.of(0x04, 0xd2)]), 0, 4)).toBe("2024-00-05 01:02:03.1234");
});

test("times before zero, and fractions that count with the sign", () => {
  expect(timeText(Buffer.from("800000", "hex"), 0, 0)).toBe("00:00:00");
  expect(timeText(Buffer.from("7fffffff", "hex"), 0, 2)).toBe("-00:00:00.01");
  expect(timeText(Buffer.from("7fffff9d", "hex"), 0, 2)).toBe("-00:00:00.99");
  expect(timeText(Buffer.from("4b91054b", "hex"), 0, 2)).toMatch(/^-838:59:58\./);
  expect(timestampText(Buffer.from("00000000", "hex"), 0, 0)).toBe("0000-00-00 00:00:00");
  expect(timestampText(Buffer.from("00000001000001", "hex"), 0, 6)).toBe("1970-01-01 00:00:01.000001");
});

test.each([
  ["0501 00".replace(" ", ""), "1"],
  ["05ffff", "-1"],
  ["0a ffffffffffffffff".replace(" ", ""), "18446744073709551615"],
  ["0b 000000000000f83f".replace(" ", ""), "1.5"],
  ["0b 0000000000000040".replace(" ", ""), "2.0"],
  ["0c 03 612262".replaceAll(" ", ""), '"a\\"b"'],
  ["0401", "true"],
  ["0200000400", "[]"],
  ["0000000400", "{}"],
  ["02 0200 0a00 05 0100 04 0100".replaceAll(" ", ""), "[1, true]"],
  ["00 0100 0c00 0b00 0100 05 0700 61".replaceAll(" ", ""), '{"a": 7}'],
])("MySQL's binary JSON %s is %s", (hex, text) => {
  expect(jsonText(Buffer.from(hex, "hex"))).toBe(text);
});
