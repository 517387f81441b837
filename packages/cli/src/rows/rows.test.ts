import { widthOf } from "@tapline/protocol/text";
import { expect, test } from "vitest";
import { csvRows } from "./csv-rows.ts";
import { jsonRows } from "./json-rows.ts";
import type { RowFormat } from "./row-format.ts";
import { tableRows } from "./table-rows.ts";
import { visible } from "./visible.ts";

function printed(format: RowFormat, columns: [name: string, type: string][], rows: string[][]): string {
  const start = format.start(columns.map(([name, type]) => ({ name, type })));
  return start + rows.map((cells) => format.row(cells)).join("") + format.end();
}

const dim = (text: string): string => text;

test("CSV quotes by RFC 4180, and keeps NULL and empty text apart", () => {
  const rows = [
    ["1", '"a,b"', "null"],
    ["12345678901234567890.10", '"say \\"hi\\"\\r\\nbye"', '""'],
    ["-0.5", '{"a":[1,2]}', "true"],
  ];
  expect(
    printed(
      csvRows(false),
      [
        ["id", ""],
        ["a b", ""],
        ["c", ""],
      ],
      rows,
    ),
  ).toBe('id,a b,c\r\n1,"a,b",\r\n12345678901234567890.10,"say ""hi""\r\nbye",""\r\n-0.5,"{""a"":[1,2]}",true\r\n');
});

test("JSON keeps every digit and the order of keys, and keeps columns of one name apart", () => {
  const rows = [["12345678901234567890.10", '{"b":1,"1":2}', "null"]];
  expect(
    printed(
      jsonRows(false),
      [
        ["id", ""],
        ["id", ""],
        ["id_2", ""],
      ],
      rows,
    ),
  ).toBe('{"id":12345678901234567890.10,"id_3":{"b":1,"1":2},"id_2":null}\n');
});

test("a table aligns numbers to the right, shows NULL, and has one line for each row", () => {
  const rows = [
    ["1", '"first\\nline"', "null"],
    ["1000", "null", '"x"'],
  ];
  expect(
    printed(
      tableRows({ width: undefined, dim }),
      [
        ["id", "BIGINT"],
        ["note", "VARCHAR"],
        ["c", "TEXT"],
      ],
      rows,
    ),
  ).toBe(["    id  note         c", "BIGINT  VARCHAR      TEXT", "     1  first\\nline  NULL", "  1000  NULL         x", ""].join("\n"));
});

test.each([20, 40, 80])("at a terminal of %i columns no line is longer, and long cells end with …", (width) => {
  const rows = [["1", `"${"日本語 long ".repeat(40)}"`, '"👨‍👩‍👧 family"', `"${"x".repeat(5000)}"`]];
  const lines = printed(
    tableRows({ width, dim }),
    [
      ["id", "BIGINT"],
      ["text", "VARCHAR"],
      ["emoji", "VARCHAR"],
      ["x", "VARCHAR"],
    ],
    rows,
  ).split("\n");
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
  expect(lines.join("\n")).toContain("…");
});

test("columns that do not fit are left out, and numbers are never cut", () => {
  const columns = Array.from({ length: 30 }, (_, at): [string, string] => [`column_${at}`, "BIGINT"]);
  const lines = printed(tableRows({ width: 80, dim }), columns, [columns.map(() => "1234567890123456789")]).split("\n");
  expect(lines[0]).toMatch(/^ *column_0 .* {2}…$/);
  expect(lines[2]).toBe("1234567890123456789  1234567890123456789  1234567890123456789  …");
});

test("a table of many rows is printed in parts, so that its memory is bounded", () => {
  const format = tableRows({ width: undefined, dim });
  format.start([{ name: "id", type: "BIGINT" }]);
  const pieces = Array.from({ length: 1500 }, (_, at) => format.row([`${at}`]));
  expect(pieces.flatMap((piece, at) => (piece === "" ? [] : at))).toEqual([999]);
  expect(pieces[999]?.split("\n")).toHaveLength(1003);
  expect(format.end().split("\n").slice(0, 3)).toEqual(["    id", "BIGINT", "  1000"]);
  expect(format.end()).toBe("");
});

test("a result without rows has its names and types", () => {
  expect(printed(tableRows({ width: 80, dim }), [["id", "BIGINT"]], [])).toBe("id\nBIGINT\n");
});

test("data can't control the terminal", () => {
  expect(visible("a\u001b[31m\u009b2J\u0007\t\r\n\u202eb\u2028\u200f")).toBe("a\\x1b[31m\\x9b2J\\x07\\t\\r\\n\\u202eb\\u2028\\u200f");
  const evil = '"\u009b2J\\u001b[2J\u202e"';
  const control = /[\p{Cc}\u202a-\u202e]/u;
  for (const format of [tableRows({ width: 80, dim }), csvRows(true), jsonRows(true)]) {
    const text = printed(format, [["na\u001b]0;x\u0007me", "VARCHAR"]], [[evil]]);
    expect(text.replaceAll("\n", "")).not.toMatch(control);
  }
  expect(JSON.parse(printed(jsonRows(true), [["a", ""]], [[evil]])).a).toBe("\u009b2J\u001b[2J\u202e");
});
