import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkConfig, extract, type State, type Stream } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { contextOf, failure, folderOf, properties, read, streamsOf } from "../../test/tap-run.ts";
import { type CellValue, type WorkbookContent, workbookFile } from "../../test/workbook-file.ts";
import type { Config } from "../config.ts";
import tap from "../index.ts";

async function streamOf(content: WorkbookContent, settings: Record<string, unknown> = {}, config: Record<string, unknown> = {}) {
  const path = join(folderOf({ "items.xlsx": workbookFile(content) }), "items.xlsx");
  const [stream] = await streamsOf({ files: [{ entity: "items", path, ...settings }], ...config });
  if (stream === undefined) throw new Error("no stream");
  return stream;
}

const sheet = (rows: CellValue[][] | Record<number, CellValue[]>): WorkbookContent => ({ sheets: [{ name: "Sheet1", rows }] });
const rowsOf = async (content: WorkbookContent, settings: Record<string, unknown> = {}) =>
  (await read(await streamOf(content, settings))).rows;

describe("the values of a sheet", () => {
  test("arrive with their types", async () => {
    const stream = await streamOf({
      sheets: [
        {
          name: "Data",
          rows: [
            ["id", "name", "code", "price", "share", "day", "at", "clock", "ok", "big"],
            [
              1,
              "Pen",
              "00123",
              1.25,
              { value: 0.125, style: 4 },
              { value: 45322, style: 1 },
              { value: 45322.5, style: 2 },
              { value: 0.25, style: 3 },
              true,
              1e21,
            ],
            [
              2,
              "Cup, blue",
              "456",
              2,
              { value: 0.5, style: 4 },
              { value: 45323, style: 1 },
              { value: 45323.75, style: 2 },
              { value: 0.5, style: 3 },
              false,
              0.1 + 0.2,
            ],
          ],
        },
      ],
      formats: [14, "yyyy-mm-dd hh:mm", "hh:mm", 10],
    });
    expect(properties(stream)).toEqual({
      id: { type: ["null", "integer"] },
      name: { type: ["null", "string"] },
      code: { type: ["null", "string"] },
      price: { type: ["null", "number"], multipleOf: 0.01 },
      share: { type: ["null", "number"], multipleOf: 0.001 },
      day: { type: ["null", "string"], format: "date" },
      at: { type: ["null", "string"] },
      clock: { type: ["null", "string"], format: "time" },
      ok: { type: ["null", "boolean"] },
      big: { type: ["null", "number"] },
    });
    const { text } = await read(stream);
    const record = (row: string): string => `"record":{${row}}`;
    expect(text).toContain(
      record(
        '"id":1,"name":"Pen","code":"00123","price":1.25,"share":0.125,"day":"2024-01-31","at":"2024-01-31T12:00:00","clock":"06:00:00","ok":true,"big":1000000000000000000000',
      ),
    );
    expect(text).toContain('"name":"Cup, blue","code":"456","price":2,');
    expect(text).toContain('"big":0.30000000000000004');
  });

  test("are instants with time_zone", async () => {
    const stream = await streamOf(
      {
        ...sheet([
          ["id", "at"],
          [1, { value: 45322.5, style: 1 }],
          [2, { value: 45322.5 + 0.25 / 86400, style: 1 }],
        ]),
        formats: [22],
      },
      { time_zone: "Europe/Berlin" },
    );
    expect(properties(stream).at).toEqual({ type: ["null", "string"], format: "date-time" });
    expect((await read(stream)).rows.map(({ at }) => at)).toEqual(["2024-01-31T12:00:00+01:00", "2024-01-31T12:00:00.25+01:00"]);
  });

  test("count dates from 1904 where the workbook does", async () => {
    const content = {
      ...sheet([
        ["day", "n"],
        [{ value: 43860, style: 1 }, 1],
      ]),
      formats: [14],
      is1904: true,
    };
    expect(await rowsOf(content)).toEqual([{ day: "2024-01-31", n: 1 }]);
  });

  test("are text in a column of texts, whatever they look like, unless columns sets another type", async () => {
    const content = sheet([
      ["a", "b"],
      ["1", "2024-01-31"],
      ["2", "2024-02-01"],
    ]);
    expect(properties(await streamOf(content))).toEqual({ a: { type: ["null", "string"] }, b: { type: ["null", "string"] } });
    expect(await rowsOf(content, { columns: { a: { type: "integer" } } })).toEqual([
      { a: 1, b: "2024-01-31" },
      { a: 2, b: "2024-02-01" },
    ]);
  });

  test("are numbers in a column of numbers, also where one was typed as text", async () => {
    expect(
      await rowsOf(
        sheet([
          ["a", "b"],
          [1, "x"],
          ["2", "y"],
        ]),
      ),
    ).toEqual([
      { a: 1, b: "x" },
      { a: 2, b: "y" },
    ]);
  });

  test("are the stored results of formulas; one without is an error with its cell", async () => {
    const formula = (parts: object): CellValue => ({ formula: "A1", ...parts });
    const rows = (...cells: CellValue[]): CellValue[][] => [["a", "b"], ...cells.map((cell): CellValue[] => [cell, 1])];
    expect(
      await rowsOf(sheet(rows(formula({ value: 2 }), formula({ value: "x", type: "str" }), formula({ value: "", type: "str" })))),
    ).toEqual([
      { a: "2", b: 1 },
      { a: "x", b: 1 },
      { a: null, b: 1 },
    ]);
    const stream = failure(async () => read(await streamOf(sheet(rows(1, formula({ value: "" }))))));
    expect(await stream).toMatchObject({ code: "formula_without_result", message: expect.stringContaining("A3"), position: { line: 3 } });
  });

  test("are texts for errors, which null_values can make null", async () => {
    const content = sheet([
      ["a", "b"],
      [1, "x"],
      [{ type: "e", value: "#DIV/0!" }, "y"],
    ]);
    expect((await rowsOf(content)).map(({ a }) => a)).toEqual(["1", "#DIV/0!"]);
    expect((await rowsOf(content, { null_values: ["#DIV/0!"] })).map(({ a }) => a)).toEqual([1, null]);
  });

  test("keep line breaks, escaped characters, runs of rich text and spaces, and leave phonetic hints out", async () => {
    const xml =
      '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>a</t></si><si><t>b</t></si><si><r><t>bo</t></r><r><rPr><b/></rPr><t xml:space="preserve">ld </t></r></si><si><t>東</t><rPh sb="0" eb="1"><t>ヒガシ</t></rPh></si><si><t>x\ny_x000D_&amp;</t></si></sst>';
    const shared = (value: number): CellValue => ({ type: "s", value });
    const content = {
      ...sheet([
        [shared(0), shared(1)],
        [shared(2), shared(3)],
        [shared(4), { type: "inlineStr", value: "in" }],
      ]),
      parts: { "xl/sharedStrings.xml": xml },
    };
    expect(await rowsOf(content)).toEqual([
      { a: "bold ", b: "東" },
      { a: "x\ny\r&", b: "in" },
    ]);
  });

  test("are read from strict workbooks, with prefixes, ISO dates, and cells without references", async () => {
    const xml =
      '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>day</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>n</x:t></x:is></x:c></x:row><x:row><x:c t="d" s="1"><x:v>2024-01-31T00:00:00</x:v></x:c><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>';
    expect(await rowsOf({ sheets: [{ name: "S", xml }], formats: [14] })).toEqual([{ day: "2024-01-31", n: 1 }]);
  });

  test("of merged cells are in the first one; the others are empty", async () => {
    const xml =
      '<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row><row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row><row r="3"><c r="A3"/><c r="B3"><v>3</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells></worksheet>';
    expect(await rowsOf({ sheets: [{ name: "S", xml }] })).toEqual([
      { a: 1, b: 2 },
      { a: null, b: 3 },
    ]);
  });
});

describe("rows", () => {
  const rows = { 1: ["Report of 2024"], 3: ["id", "note"], 4: [1, "a\nb\nc"], 7: [2, "x"], 8: [null, null], 9: [3, "y"] } satisfies Record<
    number,
    CellValue[]
  >;

  test("have the sheet's row numbers, also after line breaks in cells, title rows and gaps", async () => {
    const result = await read(await streamOf(sheet(rows), {}, { add_metadata_columns: true }));
    expect(result.rows.map(({ _sdc_source_lineno: line, id }) => [line, id])).toEqual([
      [4, 1],
      [7, 2],
      [9, 3],
    ]);
  });

  test("are named by their number in errors", async () => {
    const stream = await streamOf(sheet({ ...rows, 12: ["x", "z"] }), { columns: { id: { type: "integer" } } });
    expect(await failure(() => read(stream))).toMatchObject({ code: "value_unfit", position: { line: 12, column: "id" } });
    const nul = failure(async () => read(await streamOf(sheet({ ...rows, 12: [4, "a\nb_x0000_"] }))));
    expect(await nul).toMatchObject({ code: "nul_byte", position: { line: 12 } });
  });

  test("are rejected one by one, whatever line breaks they have", async () => {
    const stream = await streamOf(sheet({ ...rows, 12: [4, "1\n2,3\n4", 5], 13: [5, "z"] }), { on_bad_row: "reject" });
    let rejected = 0;
    const result = await read(stream, { rejected: (count) => (rejected += count) });
    expect([rejected, result.rows.map(({ id }) => id)]).toEqual([1, [1, 2, 3, 5]]);
  });

  test("without values are blank lines, also when they have formats; those at the end are none", async () => {
    const empty: CellValue[] = [{ style: 1 }, { style: 1 }];
    const content = { ...sheet([["a", "b"], [1, 2], empty, [3, 4], empty, empty]), formats: [14] };
    expect(await rowsOf(content)).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    expect(await failure(() => rowsOf(content, { blank_lines: "fail" }))).toMatchObject({ code: "row_blank", position: { line: 3 } });
  });
});

describe("the table in a sheet", () => {
  const rows: CellValue[][] = [[null, "Prices"], [], [null, "id", "name", "price"], [null, 1, "Pen", 2], [null, 2, "Cup", 3]];

  test("is found after titles and empty columns", async () => {
    expect(await rowsOf(sheet(rows))).toEqual([
      { id: 1, name: "Pen", price: 2 },
      { id: 2, name: "Cup", price: 3 },
    ]);
  });

  test.each([
    [
      "B3:C",
      [
        { id: 1, name: "Pen" },
        { id: 2, name: "Cup" },
      ],
    ],
    [
      "C:D",
      [
        { name: "Pen", price: 2 },
        { name: "Cup", price: 3 },
      ],
    ],
    ["B3:D4", [{ id: 1, name: "Pen", price: 2 }]],
    [
      "C3",
      [
        { name: "Pen", price: 2 },
        { name: "Cup", price: 3 },
      ],
    ],
  ])("is the range %s", async (range, expected) => expect(await rowsOf(sheet(rows), { range })).toEqual(expected));

  test("has no header when the settings ask for none", async () => {
    expect(await rowsOf(sheet(rows), { range: "B4:D", header: 0 })).toEqual([
      { column_1: 1, column_2: "Pen", column_3: 2 },
      { column_1: 2, column_2: "Cup", column_3: 3 },
    ]);
  });

  test("ends where a value beside it begins: that is an error, or truncated, or out of the range", async () => {
    const more = sheet([...rows, ...Array.from({ length: 9 }, (): CellValue[] => [null, 3, "Box", 4]), [null, 4, "Bag", 5, "note"]]);
    expect(await failure(() => rowsOf(more))).toMatchObject({ code: "row_too_long", position: { line: 15 } });
    expect(await rowsOf(more, { long_rows: "truncate" })).toHaveLength(12);
    expect(await rowsOf(more, { range: "B3:D" })).toHaveLength(12);
    const many = Array.from({ length: 400 }, (): CellValue[] => [null, 3, "Box", 4]);
    const left = await failure(() => rowsOf(sheet([...rows, ...many, ["!", 4, "Bag", 5]])));
    expect(left).toMatchObject({ code: "cell_left_of_table", position: { line: 406 } });
    expect(left.message).toContain("A406");
  });

  test("a range that is none, or that fights with skip, is refused", async () => {
    expect(await failure(() => rowsOf(sheet(rows), { range: "nonsense" }))).toMatchObject({ code: "range_invalid" });
    expect(await failure(() => rowsOf(sheet(rows), { range: "A3:D", skip: 1 }))).toMatchObject({ code: "range_invalid" });
  });
});

describe("the sheets of a workbook", () => {
  const sheets = [
    {
      name: "Old",
      state: "hidden" as const,
      rows: [
        ["a", "n"],
        ["hidden", 0],
      ],
    },
    {
      name: "Jan",
      rows: [
        ["a", "n"],
        ["jan", 1],
      ],
    },
    {
      name: "Feb",
      rows: [
        ["a", "n"],
        ["feb", 2],
      ],
    },
    { name: "Empty" },
  ];
  const first = async (settings: object) => (await rowsOf({ sheets }, { ...settings }))[0]?.a;

  test("are chosen by name or number; the first visible one is read", async () => {
    expect(await first({})).toBe("jan");
    expect(await first({ sheet: "feb" })).toBe("feb");
    expect(await first({ sheet: 2 })).toBe("feb");
    expect(await first({ sheet: "Old" })).toBe("hidden");
  });

  test("that are missing or empty are errors with the names of the others", async () => {
    const missing = await failure(() => first({ sheet: "Jam" }));
    expect(missing).toMatchObject({ code: "sheet_missing", hint: 'Did you mean "Jan"?' });
    expect(missing.message).toContain('"Old", "Jan", "Feb", "Empty"');
    expect(await failure(() => first({ sheet: 9 }))).toMatchObject({ code: "sheet_missing" });
    expect(await failure(() => first({ sheet: "Empty" }))).toMatchObject({ code: "sheet_empty" });
    expect(await failure(() => first({ range: "A9:B" }))).toMatchObject({ code: "sheet_empty" });
  });
});

describe("files of a stream", () => {
  const book = (...names: string[]): Buffer => workbookFile(sheet([["name", "n"], ...names.map((name, i): CellValue[] => [name, i])]));

  test("may be text and workbooks, also with other names, and lock files are left out", async () => {
    const folder = folderOf({
      "a.csv": "name,n\ntext,1\n",
      "b.xlsx": book("book"),
      "c.XLSM": book("macro"),
      "d.dat": book("other"),
      "e.zip": book("zip"),
      "~$b.xlsx": "lock",
    });
    const names = async (path: string) => {
      const [stream] = await streamsOf({ files: [{ entity: "items", path: join(folder, path) }] });
      return (await read(stream as never)).rows.map(({ name }) => name);
    };
    expect(await names("*")).toEqual(["text", "book", "macro", "other", "zip"]);
    expect(await names("")).toEqual(["text", "book", "macro", "zip"]);
  });

  test("in an inbox are found by header", async () => {
    const folder = folderOf({ "b.xlsx": book("book"), "other.csv": "x,y\n1,2\n" });
    const [stream] = await streamsOf({ inbox: folder, files: [{ entity: "items", match: { header: ["name", "n"] } }] });
    expect((await read(stream as never)).rows).toEqual([{ name: "book", n: 0 }]);
  });

  test("are read by a catalog as they were discovered; a later file may be of the other kind", async () => {
    const folder = folderOf({ "a.xlsx": workbookFile(sheet([["Title"], ["name", "n"], ["one", 1]])) });
    const [stream] = await streamsOf({ files: [{ entity: "items", path: join(folder, "*") }] });
    expect(stream?.metadata?.[0]?.metadata).toMatchObject({ "tap-csv.dialect": { is_workbook: true, skip: 1, header: 1 } });
    writeFileSync(join(folder, "b.csv"), "name;n\ntwo;2\n");
    const { config } = checkConfig<Config>("tap-csv", tap.config, { files: [{ entity: "items", path: join(folder, "*") }] });
    const [again] = await tap.streams(config, new Set(["items"]));
    const context = contextOf(stream as never);
    expect(
      (await read({ ...(again as Stream), metadata: stream?.metadata ?? [] }, { columns: context.columns, schema: context.schema })).rows,
    ).toEqual([
      { name: "one", n: 1 },
      { name: "two", n: 2 },
    ]);
  });

  test("are skipped when unchanged, and continued when rows were added", async () => {
    const path = join(folderOf({ "a.xlsx": book("one") }), "a.xlsx");
    const { config } = checkConfig<Config>("tap-csv", tap.config, { files: [{ entity: "items", path, changed_files: "append" }] });
    let state: State | undefined;
    const run = async (): Promise<unknown[]> => {
      let text = "";
      for await (const bytes of extract(tap, config, state === undefined ? {} : { state })) text += Buffer.from(bytes);
      const messages = text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      state = messages.findLast(({ type }) => type === "STATE")?.value ?? state;
      return messages.filter(({ type }) => type === "RECORD").map(({ record }) => record.name);
    };
    expect(await run()).toEqual(["one"]);
    expect(await run()).toEqual([]);
    writeFileSync(path, book("one", "two"));
    expect(await run()).toEqual(["two"]);
    writeFileSync(path, book("other", "two"));
    expect(await run()).toEqual(["other", "two"]);
  });

  test.each([
    ["an old workbook", compoundFile("Workbook"), "Excel 97-2003"],
    ["an encrypted workbook", compoundFile("EncryptionInfo", "EncryptedPackage"), "encrypted"],
    [
      "an OpenDocument file",
      workbookFile({ sheets: [], parts: { mimetype: "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>" } }),
      ".ods",
    ],
    ["a binary workbook", workbookFile({ sheets: [], parts: { "xl/workbook.bin": "x" } }), ".xlsb"],
    ["a web page", Buffer.from("\n<html><table>"), "HTML"],
  ])("that are %s are refused with what to do", async (_, content, words) => {
    const path = join(folderOf({ "a.xls": content }), "a.xls");
    const error = await failure(() => streamsOf({ files: [{ entity: "items", path }] }));
    expect(error).toMatchObject({ code: "workbook_unsupported", hint: expect.stringContaining(".xlsx") });
    expect(error.message).toContain(words);
  });
});

/** The header and the first directory sector of an OLE file. */
function compoundFile(...streams: string[]): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.write("d0cf11e0a1b11ae1", "hex");
  bytes.writeUInt16LE(9, 30);
  for (const [i, name] of streams.entries()) bytes.write(name, 512 + 128 * i, "utf16le");
  return bytes;
}

test("a workbook without values is an empty file", async () => {
  const folder = folderOf({
    "in/a.xlsx": workbookFile(sheet([["id"], [1]])),
    "in/b.xlsx": workbookFile(sheet([])),
  });
  const warnings: string[] = [];
  const log = (level: string, message: string): void => {
    if (level === "warning") warnings.push(message);
  };
  const [stream] = await streamsOf({ files: [{ entity: "items", path: join(folder, "in") }] }, log);
  expect((await read(stream as Stream, { log })).rows).toEqual([{ id: 1 }]);
  expect(warnings).toEqual([expect.stringMatching(/b\.xlsx: The workbook has one sheet, and it is empty/)]);
  expect(await failure(() => streamOf(sheet([])))).toMatchObject({ code: "file_empty" });
});
