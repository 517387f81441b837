import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnKind } from "./column-kind.ts";
import { zoneOffset } from "./time-zone.ts";
import { valueFormat } from "./value-format.ts";

/** The value in canonical form; undefined when it does not fit the format, "no format" when the format is invalid. */
function plain(kind: ColumnKind, format: string, text: string, zone?: string): string | undefined {
  const found = valueFormat(kind, format, zone === undefined ? undefined : zoneOffset(zone));
  if (found === undefined) return "no format";
  const input = Buffer.from(`1${text}2`);
  const out = new Uint8Array(input.length + 40);
  const end = found.write(input, 1, input.length - 1, out, 3);
  return end < 0 ? undefined : Buffer.from(out.subarray(3, end)).toString();
}

describe("numbers", () => {
  test.each([
    ["1,234.56", "1,234,567.891", "1234567.891"],
    ["1,234.56", "1234.5", "1234.5"],
    ["1,234.56", "-0.50", "-0.50"],
    ["1,234.56", "12,34.5", undefined],
    ["1,234.56", "1234,567", undefined],
    ["1,234.56", "0,123", undefined],
    ["1,234.56", "1,234.", "1234"],
    ["1,234.56", ".5", "0.5"],
    ["1,234.56", ".", undefined],
    ["1,234.56", "  +5.00\t", "5.00"],
    ["1,234.56", "\u22125", "-5"],
    ["1,234.56", "1.2.3", undefined],
    ["1,234.56", "01", undefined],
    ["1,234.56", "1,2345", undefined],
    ["1,234.56", "1,23", undefined],
    ["1,234.56", "1,", undefined],
    ["1,234.56", "", undefined],
    ["1,234.56", "-", undefined],
    ["1,234.56", "$5", undefined],
    ["1,234.56", "(5)", undefined],
    ["1.234,56", "1.234,56", "1234.56"],
    ["1.234,56", "1.234", "1234"],
    ["1234,56", "1234,56", "1234.56"],
    ["1234,56", "1.234,56", undefined],
    ["1 234,56", "1\u00a0234\u202f567,5", "1234567.5"],
    ["1'234.56", "1’234.5", "1234.5"],
    ["$1,234.56", "$ 1,000.00", "1000.00"],
    ["$1,234.56", "-$5", "-5"],
    ["$1,234.56", "$-5", "-5"],
    ["$1,234.56", "-$-5", undefined],
    ["$1,234.56", "5", "5"],
    ["$1,234.56", "€5", undefined],
    ["1.234,56 €", "12,50\u00a0€", "12.50"],
    ["1.234,56 €", "€", undefined],
    ["CHF 1'234.50", "CHF 12.50", "12.50"],
    ["1,234.56%", "12.5%", "12.5"],
    ["($1,234.56)", "($1,000.00)", "-1000.00"],
    ["($1,234.56)", "(-5)", undefined],
    ["($1,234.56)", " $ (45.00) ", "-45.00"],
    ["($1,234.56)", " $ -   ", "0"],
    ["($1,234.56)", "-", "0"],
    ["($1,234.56)", "+", undefined],
    ["($1,234.56)", "$", undefined],
    ["1.234,56 €", "- €", "0"],
    ["(1.234,56 €)", "(5,00) €", "-5.00"],
    ["($1,234.56)", "(5", undefined],
    ["1,234.56-", "1,000.5-", "-1000.5"],
    ["1,234.56-", "-1,000.5", "-1000.5"],
    ["1,234.56-", "-5-", undefined],
    ["12.34", "1", "no format"],
    ["1,234,56", "1", "no format"],
    ["(1,234", "1", "no format"],
    ["abc", "1", "no format"],
  ])("%s: %j is %j", (format, text, expected) => {
    expect(plain("decimal", format, text)).toBe(expected);
  });

  test("any number from toLocaleString keeps its digits", () => {
    const locales = { en: "1,234.56", de: "1.234,56", fr: "1 234,56", "de-CH": "1'234.56" };
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,20})\.\d{1,6}$/);
    fc.assert(
      fc.property(digits, fc.boolean(), fc.constantFrom(...Object.entries(locales)), (text, isNegative, [locale, format]) => {
        const value = (isNegative ? "-" : "") + text;
        const scale = (text.split(".")[1] as string).length;
        const written = new Intl.NumberFormat(locale, { minimumFractionDigits: scale }).format(value as unknown as number);
        expect(plain("decimal", format, written.replace("\u2212", "-"))).toBe(value);
      }),
    );
  });
});

describe("dates and times", () => {
  test.each([
    ["date", "%d/%m/%Y", "31/01/2026", "2026-01-31"],
    ["date", "%d/%m/%Y", "1/2/0001", "0001-02-01"],
    ["date", "%d/%m/%Y", "31/02/2026", undefined],
    ["date", "%d/%m/%Y", "31/01/26", undefined],
    ["date", "%d/%m/%Y", " 31/01/2026 ", "2026-01-31"],
    ["date", "%d/%m/%Y", "31/01/2026 x", undefined],
    ["date-time", "%a, %d %b %Y %H:%M:%S %z", "Tue, 01 Jul 2003 10:52:37 EST", "2003-07-01T10:52:37-05:00"],
    ["date-time", "%a, %d %b %Y %H:%M %z", "Tue, 1 Jul 2003 10:52 GMT", "2003-07-01T10:52:00Z"],
    ["date", "%d/%m/%Y", "31/01", undefined],
    ["date", "%m/%d/%y", "1/31/68", "2068-01-31"],
    ["date", "%m/%d/%y", "1/31/69", "1969-01-31"],
    ["date", "%Y%m%d", "20260131", "2026-01-31"],
    ["date", "%d. %B %Y", "31. January 2026", "2026-01-31"],
    ["date", "%d-%b-%Y", "31-JAN-2026", "2026-01-31"],
    ["date", "%d-%b-%Y", "31-Jab-2026", undefined],
    ["time", "%H:%M", "9:05", "09:05:00"],
    ["time", "%H:%M:%S", "09:05:07.250", "09:05:07.250"],
    ["time", "%H:%M:%S", "09:05:07,25", "09:05:07.25"],
    ["time", "%H:%M:%S", "09:05:07.1234567", undefined],
    ["time", "%H:%M:%S", "09:05:07.1234560", "09:05:07.1234560"],
    ["time", "%H:%M:%S", "24:00:00", undefined],
    ["time", "%I:%M %p", "12:00 AM", "00:00:00"],
    ["time", "%I:%M %p", "12:30 pm", "12:30:00"],
    ["time", "%I:%M %p", "1:30 PM", "13:30:00"],
    ["time", "%I:%M %p", "13:30 PM", undefined],
    ["time", "%I:%M %p", "0:30 AM", undefined],
    ["date-time", "%d.%m.%Y %H:%M %z", "31.01.2026 10:00 +01:30", "2026-01-31T10:00:00+01:30"],
    ["date-time", "%Y-%m-%d %H:%M:%S%z", "2026-01-31 10:00:00-08", "2026-01-31T10:00:00-08:00"],
    ["date-time", "%Y-%m-%d %H:%M:%S%z", "2026-01-31 10:00:00Z", "2026-01-31T10:00:00Z"],
    ["date-time", "%Y-%m-%d %H:%M:%S%z", "2026-01-31 10:00:00+1", undefined],
    ["date-time", "%Y-%m-%d %H:%M:%S%z", "2026-01-31 10:00:00+2400", undefined],
    ["date-time", "%Y-%m-%d %H:%M:%S", "2026-01-31 10:00:00", "no format"],
    ["date", "%d/%m", "1/1", "no format"],
    ["date", "%d/%d/%Y", "1/1/2026", "no format"],
    ["date", "%Y-%m-%d %H:%M", "x", "no format"],
    ["date", "%Y-%j", "x", "no format"],
    ["time", "%I:%M", "1:00", "no format"],
    ["date", "%d/%m/%Y%", "x", "no format"],
  ] as const)("%s %s: %j is %j", (kind, format, text, expected) => {
    expect(plain(kind, format, text)).toBe(expected);
  });

  test.each([
    ["UTC", "2026-07-01 10:00", "2026-07-01T10:00:00Z"],
    ["+05:30", "2026-07-01 10:00", "2026-07-01T10:00:00+05:30"],
    ["Europe/Berlin", "2026-01-31 10:00", "2026-01-31T10:00:00+01:00"],
    ["Europe/Berlin", "2026-07-31 10:00", "2026-07-31T10:00:00+02:00"],
    ["Europe/Berlin", "2026-03-29 01:59", "2026-03-29T01:59:00+01:00"],
    ["Europe/Berlin", "2026-03-29 02:30", undefined],
    ["Europe/Berlin", "2026-03-29 03:00", "2026-03-29T03:00:00+02:00"],
    ["Europe/Berlin", "2026-10-25 02:30", "2026-10-25T02:30:00+02:00"],
    ["Europe/Berlin", "2026-10-25 03:00", "2026-10-25T03:00:00+01:00"],
    ["America/New_York", "2026-01-31 10:00", "2026-01-31T10:00:00-05:00"],
    ["Pacific/Apia", "2011-12-30 10:00", undefined],
  ])("in %s %s is %s", (zone, text, expected) => {
    expect(plain("date-time", "%Y-%m-%d %H:%M", text, zone)).toBe(expected);
  });

  test("an unknown time zone is undefined", () => {
    expect([zoneOffset("Berlin"), zoneOffset("+25:00"), zoneOffset("")]).toEqual([undefined, undefined, undefined]);
  });

  test("a local time with its offset is the original instant, at any time in any zone", () => {
    const zones = ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"];
    const instants = fc.date({ min: new Date("1950-01-01"), max: new Date("2037-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
        const local = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(instant);
        const written = plain("date-time", "%Y-%m-%d %H:%M:%S", local, zone);
        const back = new Date(written ?? "");
        expect(new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(back)).toBe(local);
      }),
    );
  });
});

test.each([
  ["yes/no", "YES", "true"],
  ["yes/no", "no", "false"],
  ["yes/no", "y", undefined],
  ["1/0", "1", "true"],
  ["Ja/Nein", "nein", "false"],
  ["yes", "yes", "no format"],
  ["yes/yes", "yes", "no format"],
  ["a/b/c", "a", "no format"],
])("booleans written %s: %s is %s", (format, text, expected) => {
  expect(plain("boolean", format, text)).toBe(expected);
});
