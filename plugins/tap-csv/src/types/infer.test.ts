import { describe, expect, test } from "vitest";
import { ColumnGuess, inferTypes } from "./infer.ts";
import { nullsOf } from "./null-values.ts";

type Options = ConstructorParameters<typeof ColumnGuess>[0];

function guessOf(cells: readonly string[], options?: Options): ColumnGuess {
  const guess = new ColumnGuess(options);
  for (const cell of cells) guess.add(Buffer.from(cell), 0, Buffer.byteLength(cell));
  return guess;
}

function infer(cells: readonly string[], options?: Options): string {
  const { schema, format } = guessOf(cells, options).conclude();
  const { type, ...rest } = schema;
  return [(type as string[])[1], ...Object.values(rest), ...(format === undefined ? [] : [format])].join(" ");
}

describe("values in canonical form", () => {
  test.each([
    [["1", "-2", "0"], "integer"],
    [["1", "", "3"], "integer"],
    [["9223372036854775807"], "integer"],
    [["9223372036854775808"], "string"],
    [["9223372036854775808", "0.5"], "number 0.1"],
    [["1", "2.5", "3.125"], "number 0.001"],
    [["1.50", "2.00"], "number 0.01"],
    [["0.0000001"], "number 1e-7"],
    [[`${"9".repeat(37)}.5`], "number 0.1"],
    [[`${"9".repeat(37)}.55`], "string"],
    [["9".repeat(37), "0.55"], "string"],
    [["1", "007"], "string"],
    [["007", "1"], "string"],
    [["1.5", "1e5"], "number"],
    [["1", "1e5"], "string"],
    [["12E12", "13E07"], "string"],
    [["1.5E+03", "-2.25e-7", "3"], "number"],
    [["1", "+1"], "integer"],
    [["+491701234567", "+491701234568"], "string"],
    [["true", "FALSE", "True"], "boolean"],
    [["true", "1"], "string"],
    [["2026-01-31", "2024-02-29"], "string date"],
    [["2026-01-31", "2023-02-29"], "string"],
    [["12:30:00", "23:59:59.5"], "string time"],
    [["12:30:00", "24:00:00"], "string"],
    [["2026-01-31T00:00:00Z", "2026-01-31 00:00:00.5+02:00"], "string date-time"],
    [["2026-01-31T00:00:00Z", "2026-01-31T00:00:00"], "string"],
    [["2026-01-31T00:00:00Z", "2026-01-31"], "string"],
    [["", ""], "string"],
    [[], "string"],
    [["x", "1"], "string"],
    [["1", "x"], "string"],
    [[" 1", "2\t", "\u00a03"], "integer"],
    [["  5.00", "12.00 "], "number 0.01"],
    [[" 2026-01-02 "], "string date"],
    [[" true", "FALSE "], "boolean"],
    [[".5", "-.25", "+5.00"], "number 0.01"],
    [["5.", "6.", "\u22127"], "integer"],
    [["2026-01-31 10:00:00 UTC", "2026-01-31T10:00:00GMT", "2026-01-31T10:00:00Z"], "string date-time"],
    [["12%"], "string"],
  ])("%j: %s", (cells, expected) => {
    expect(infer(cells)).toBe(expected);
  });
});

describe("numbers in other formats", () => {
  test.each([
    [["2,500.00"], "number 0.01 1,234.56"],
    [["1.5", "2,500.00"], "number 0.01 1,234.56"],
    [["1.234,56"], "number 0.01 1.234,56"],
    [["12,5", "0,25"], "number 0.01 1.234,56"],
    [["1 234,5", "12"], "number 0.1 1 234,5"],
    [["1\u00a0234,5"], "number 0.1 1 234,5"],
    [["1'234.50"], "number 0.01 1'234.56"],
    [["1,234,567", "12"], "integer 1,234"],
    [["12", "1,234,567"], "integer 1,234"],
    [["$5.00", "$1,200.00"], "number 0.01 $1,234.56"],
    [["$5.00", "4.00"], "number 0.01 $1,234.56"],
    [["-$5.00", "$-5.00"], "number 0.01 $1,234.56"],
    [["(5.00)", "1,000.00"], "number 0.01 (1,234.56)"],
    [["(€5.00)", "€1.00"], "number 0.01 (€1,234.56)"],
    [["5.00-", "1.00"], "number 0.01 1,234.56-"],
    [["5,00 €", "1.000,00 €"], "number 0.01 1.234,56 €"],
    [[" $ 1,234.50 ", " $ (45.00)", " $ -   "], "number 0.01 ($1,234.56)"],
    [["1,234.50", "(45.00)", "-"], "number 0.01 (1,234.56)"],
    [[" 1,234.50 ", " -   "], "number 0.01 (1,234.56)"],
    [["1.234,50 €", "(45,00 €)", "- €"], "number 0.01 (1.234,56 €)"],
    [["+5,00", "\u22127,25", ",5"], "number 0.01 1.234,56"],
  ])("%j: %s", (cells, expected) => {
    expect(infer(cells)).toBe(expected);
  });

  test.each([
    [["1,234"], "may be for decimals or for thousands"],
    [["1,234", "12"], "may be for decimals or for thousands"],
    [["1.234.567"], "may be a number with a thousands separator or an identifier"],
    [["192.168.100.200"], "may be a number with a thousands separator or an identifier"],
    [["110 001"], "may have|may be"],
    [["$5", "€5"], "all 2 values are numbers, but not in one format"],
    [["5.00", "-", "6.00"], "may mean 0 or no value"],
    [["1,23,456.00"], "is not a number"],
    [["5.00", "x", "n/a"], '"x" does not fit the types of the values before it, such as "5.00"'],
    [["0,12", "01,2"], "does not fit the types"],
    [["$12", "$13", "n/a"], "2 of 3 values are numbers"],
    [[`${"1".repeat(19)}€`], "numbers with 19 digits"],
  ])("%j are text: %s", (cells, reason) => {
    const { kind, evidence } = guessOf(cells).conclude();
    expect([kind, evidence]).toEqual(["string", expect.stringMatching(reason)]);
  });
});

describe("dates in other formats", () => {
  test.each([
    [["31/01/2026", "01/02/2026"], "string date %d/%m/%Y"],
    [["01/02/2026", "1/31/2026"], "string date %m/%d/%Y"],
    [["31.1.2026"], "string date %d.%m.%Y"],
    [["2026/01/31"], "string date %Y/%m/%d"],
    [["2026-01-31", "2026-2-1"], "string date %Y-%m-%d"],
    [["5-May-2026", "30-June-2026"], "string date %d-%b-%Y"],
    [["Jan 31, 2026"], "string date %b %d, %Y"],
    [["2026-01-31 10:00:00+0530", "2026-01-31 10:00:00.123+00"], "string date-time %Y-%m-%d %H:%M:%S%z"],
    [["9:05 AM", "12:00 pm"], "string time %I:%M %p"],
    [["Tue, 01 Jul 2003 10:52:37 +0200", "Wed, 2 Jul 2003 10:52:37 GMT"], "string date-time %a, %d %b %Y %H:%M:%S%z"],
    [["31/01/2026 10:00:00 UTC"], "string date-time %d/%m/%Y %H:%M:%S%z"],
    [[" 31.01.2026", "1.2.2026 "], "string date %d.%m.%Y"],
  ])("%j: %s", (cells, expected) => {
    expect(infer(cells)).toBe(expected);
  });

  test.each([
    [["01/02/2026", "03/04/2026"], "whether the day or the month comes first"],
    [["01/02/26"], "whether the day or the month comes first"],
    [["31/01/26"], "a year of two digits"],
    [["12:30"], "look like minutes and seconds"],
    [["2026-01-31 10:00:00"], "times without a time zone"],
    [["31/01/2026", "01/31/2026"], "all 2 values are dates, but not in one format"],
    [["31/02/2026"], "is not a number"],
    [["2026-01-31", "31/01/2026"], "all 2 values are dates, but not in one format"],
    [["2026-01-31", "x", "2026-02-01"], "2 of 3 values are dates"],
  ])("%j are text: %s", (cells, reason) => {
    const { kind, evidence } = guessOf(cells).conclude();
    expect([kind, evidence]).toEqual(["string", expect.stringContaining(reason)]);
  });

  test("times without a time zone are date-times when time_zone is set", () => {
    const cells = ["2026-01-31 10:00:00", "2026-01-31 10:00:00.5"];
    expect(infer(cells, { hasZone: true })).toBe("string date-time %Y-%m-%d %H:%M:%S");
  });

  test("the evidence names the value that shows the order", () => {
    expect(guessOf(["01/02/2026", "31/01/2026"]).conclude().evidence).toContain('"31/01/2026" shows the order');
  });
});

test("null markers are ignored", () => {
  expect(infer(["NULL", "5", "n/a"], { nulls: nullsOf(["NULL", "n/a"]) })).toBe("integer");
});

describe("what other columns of the files show", () => {
  const formats = (columns: Record<string, string[]>) => {
    const found = inferTypes(new Map(Object.entries(columns).map(([name, cells]) => [name, guessOf(cells)])));
    return [...found.values()].map(({ kind, format }) => `${kind} ${format ?? ""}`.trim());
  };
  test("decides the meaning of a comma, and the order of day and month", () => {
    expect(formats({ a: ["1,234"], b: ["12.5"] })).toEqual(["integer 1,234", "decimal"]);
    expect(formats({ a: ["1,234"], b: ["12,5"] })).toEqual(["decimal 1.234,567", "decimal 1.234,5"]);
    expect(formats({ a: ["01/02/2026"], b: ["31/01/2026"] })).toEqual(["date %d/%m/%Y", "date %d/%m/%Y"]);
    expect(formats({ a: ["1.234.567"], b: ["12,5"] })).toEqual(["integer 1.234", "decimal 1.234,5"]);
  });
  test("decides nothing when the columns disagree", () => {
    expect(formats({ a: ["1,234"], b: ["12,5"], c: ["12.5"] })[0]).toBe("string");
    expect(formats({ a: ["01/02/2026"], b: ["31/01/2026"], c: ["1/31/2026"] })[0]).toBe("string");
  });
  test("makes 1.000 ambiguous between semicolons, unless another column has a decimal point", () => {
    const kinds = (columns: Record<string, string[]>) =>
      [...inferTypes(new Map(Object.entries(columns).map(([name, cells]) => [name, guessOf(cells)])), true).values()].map(
        ({ kind }) => kind,
      );
    expect(kinds({ a: ["1.000", "2.500"] })).toEqual(["string"]);
    expect(kinds({ a: ["1.000", "2.500"], b: ["12.5"] })).toEqual(["decimal", "decimal"]);
    expect(kinds({ a: ["1.000", "2500"] })).toEqual(["decimal"]);
    expect(kinds({ a: ["0.125"] })).toEqual(["decimal"]);
  });
  test("makes 1.234 ambiguous when other columns have decimal commas", () => {
    expect(formats({ a: ["1.234", "2.500"], b: ["12,5"] })[0]).toBe("string");
    expect(formats({ a: ["1.234", "2.500"] })[0]).toBe("decimal");
  });
});

test("values that look like identifiers with an exponent are no numbers that a text broke", () => {
  expect(guessOf(["12E12", "13E12", "15E11", "14A11"]).conclude().doubt).toBeUndefined();
  expect(guessOf(["1.2E12", "1.3E12", "n/a"]).conclude().doubt).toBeDefined();
});

test("values with leading zeros are identifiers, which is no doubt", () => {
  const { kind, evidence, doubt } = guessOf(["10115", "01067", "80331", "20095", "n/a"]).conclude();
  expect([kind, evidence, doubt]).toEqual(["string", 'values such as "01067" have leading zeros, so they are identifiers', undefined]);
  expect(guessOf(["2026-01-31", "2026-02-01", "2026-02-02", "01067"]).conclude().doubt).toBeDefined();
  expect(guessOf(["x", "y", "z", "01067"]).conclude().evidence).not.toContain("identifiers");
});

test.each(["\u00a0", "\u2007", "\u2009", "\u202f"])("a thousands separator may be any kind of space: %j", (space) => {
  expect(infer([`1${space}234.50`, `12${space}345.00`, `${space}7.25`])).toMatch(/^number 0.01/);
});
