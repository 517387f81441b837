/** Columns as people have them: the type that is detected, and the values that are sent. */
import { describe, expect, test } from "vitest";
import { properties, read, streamOf } from "../../test/tap-run.ts";

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

async function column(cells: readonly string[], settings: Record<string, unknown> = {}, delimiter = ",") {
  const content = `id${delimiter}x\n${cells.map((cell, i) => `k${i}${delimiter}${quoted(cell)}\n`).join("")}`;
  const stream = await streamOf(content, { delimiter, ...settings });
  const { type, format, multipleOf } = properties(stream).x ?? {};
  const { text } = await read(stream);
  const values = [...text.matchAll(/"x":("(?:[^"\\]|\\.)*"|[^}]*)\}/g)].map(([, value]) => value);
  return [format ?? (multipleOf === undefined ? (type as string[])[1] : `decimal ${multipleOf}`), ...values];
}

describe("values that are padded or lack a digit", () => {
  test.each([
    [
      ["  5.00", " 12.00", "1.50  "],
      ["decimal 0.01", "5.00", "12.00", "1.50"],
    ],
    [
      ["5\t", "\t6", "\u00a07"],
      ["integer", "5", "6", "7"],
    ],
    [
      ["2026-01-02 ", " 2026-01-03"],
      ["date", '"2026-01-02"', '"2026-01-03"'],
    ],
    [
      ["10:00:00 ", " 11:00:00"],
      ["time", '"10:00:00"', '"11:00:00"'],
    ],
    [[" 2026-01-02T00:00:00Z"], ["date-time", '"2026-01-02T00:00:00Z"']],
    [
      [" TRUE", "false "],
      ["boolean", "true", "false"],
    ],
    [
      [" 1.234,50 ", " 2,00 "],
      ["decimal 0.01", "1234.50", "2.00"],
    ],
    [
      [" 31.01.2026", "1.2.2026 "],
      ["date", '"2026-01-31"', '"2026-02-01"'],
    ],
    [
      ["   ", " 5"],
      ["integer", "null", "5"],
    ],
    [
      [" a", "b "],
      ["string", '" a"', '"b "'],
    ],
    [
      [".5", "-.25", "1.25"],
      ["decimal 0.01", "0.5", "-0.25", "1.25"],
    ],
    [
      ["+5.00", "-7.50", "+0.10"],
      ["decimal 0.01", "5.00", "-7.50", "0.10"],
    ],
    [
      ["5.", "6.25"],
      ["decimal 0.01", "5", "6.25"],
    ],
    [
      ["\u22125.5", "3"],
      ["decimal 0.1", "-5.5", "3"],
    ],
    [
      ["\u22121.234,5", "+2,5"],
      ["decimal 0.1", "-1234.5", "2.5"],
    ],
    [
      ["1.5E+3", "2.5", "-3e-2"],
      ["number", "1.5E+3", "2.5", "-3e-2"],
    ],
    [
      [".5e3", "+1.25e0"],
      ["number", "0.5e3", "1.25e0"],
    ],
  ])("%j", async (cells, expected) => {
    expect(await column(cells)).toEqual(expected);
  });

  test.each([
    [" $ 1,234.50 ", " $ (45.00)", " $ -   "],
    ["$1,234.50", "$(45.00)", "-"],
    ["1,234.50", "(45.00)", "-"],
    ["$ 1,234.50", "($ 45.00)", "$ -"],
    [" 1,234.50 ", " (45.00)", " -   "],
    ["1,234.50 $", "(45.00 $)", "- $"],
    ["1,234.50", "( 45.00 )", "-"],
  ])("accounting forms: %j %j %j", async (...cells) => {
    expect(await column(cells)).toEqual(["decimal 0.01", "1234.50", "-45.00", "0"]);
  });

  test.each([
    [
      ["2026-01-31 10:00:00 UTC", "2026-01-31T11:00:00 GMT"],
      ["2026-01-31 10:00:00Z", "2026-01-31T11:00:00Z"],
    ],
    [["31/01/2026 10:00 GMT"], ["2026-01-31T10:00:00Z"]],
    [["Tue, 01 Jul 2003 10:52:37 +0200"], ["2003-07-01T10:52:37+02:00"]],
    [["Tue, 1 Jul 2003 10:52 EST"], ["2003-07-01T10:52:00-05:00"]],
    [["01 Jul 2003 10:52:37 GMT"], ["2003-07-01T10:52:37Z"]],
  ])("instants: %j", async (cells, expected) => {
    expect(await column(cells)).toEqual(["date-time", ...expected.map((one) => JSON.stringify(one))]);
  });

  test("rows in such forms are sent as fast as others, also when they begin late", async () => {
    const cells = [...Array<string>(900).fill("1.25"), ...Array<string>(900).fill(" +2.5 ")];
    expect(await column(cells)).toEqual(["decimal 0.01", ...Array<string>(900).fill("1.25"), ...Array<string>(900).fill("2.5")]);
  });
});

describe("values that stay text", () => {
  test.each([
    [["007", "008"]],
    [["12E12", "13E07"]],
    [["1E5", "200"]],
    [["12345678901234567890", "12345678901234567891"]],
    [["+491701234567", "+441632960961"]],
    [["1.5", "-", "2.5"]],
    [["01/02/2026", "03/04/2026"]],
    [["12 %", "13 %"]],
    [["yes", "no"]],
    [["t", "f"]],
    [["2026-01-31 10:00:00 CST"]],
    [["1.2.3", "1.2.4"]],
  ])("%j", async (cells) => {
    expect(await column(cells)).toEqual(["string", ...cells.map((cell) => JSON.stringify(cell))]);
  });

  test("amounts between semicolons whose point may group thousands", async () => {
    expect(await column(["1.000", "2.500"], {}, ";")).toEqual(["string", '"1.000"', '"2.500"']);
    expect(await column(["1.000", "2.500"])).toEqual(["decimal 0.001", "1.000", "2.500"]);
  });
});

describe("types that are set read what detection reads", () => {
  test.each([
    [["  5.00", "+12.5 ", ".5"], { type: "decimal", scale: 2 }, ["5.00", "12.5", "0.5"]],
    [[" $ 1,234.50 ", " $ (45.00)", " $ -   "], { type: "decimal", scale: 2 }, ["1234.50", "-45.00", "0"]],
    [["1.234,50", "2,00"], { type: "decimal", scale: 4 }, ["1234.50", "2.00"]],
    [["1,234,567", "12"], { type: "integer" }, ["1234567", "12"]],
    [["+5", " 6", "7."], { type: "integer" }, ["5", "6", "7"]],
    [["1.5E+3", "+2.5"], { type: "number" }, ["1.5E+3", "2.5"]],
    [[" 31.01.2026 "], { type: "date" }, ['"2026-01-31"']],
    [["2026-01-02 "], { type: "date" }, ['"2026-01-02"']],
    [["2026-01-31 10:00:00 UTC"], { type: "date-time" }, ['"2026-01-31 10:00:00Z"']],
    [["Tue, 01 Jul 2003 10:52:37 +0200"], { type: "date-time" }, ['"2003-07-01T10:52:37+02:00"']],
    [[" TRUE"], { type: "boolean" }, ["true"]],
    [["yes", " no "], { type: "boolean", format: "yes/no" }, ["true", "false"]],
    [["t", "F"], { type: "boolean", format: "t/f" }, ["true", "false"]],
    [["12.5 %", "-3%"], { type: "decimal", format: "1234.5%" }, ["12.5", "-3"]],
  ])("%j as %j", async (cells, x, expected) => {
    expect((await column(cells, { columns: { x } })).slice(1)).toEqual(expected);
  });
});
