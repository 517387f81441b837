import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failure, folderOf, read, streamsOf } from "../../test/tap-run.ts";
import { relationships, sharedStringsXml, sheetXml, type WorkbookContent, workbookFile, zipOf } from "../../test/workbook-file.ts";

const rows = [
  ["name", "n"],
  ["x", 1],
];

async function open(file: Buffer, settings: Record<string, unknown> = {}) {
  const path = join(folderOf({ "items.xlsx": file }), "items.xlsx");
  const [stream] = await streamsOf({ files: [{ entity: "items", path, ...settings }] });
  return read(stream as never);
}

const book = (parts: WorkbookContent["parts"]): Buffer => workbookFile({ sheets: [{ name: "S", rows }], parts: parts ?? {} });
const withSheet = (xml: string): Buffer => workbookFile({ sheets: [{ name: "S", xml }] });
const refusal = async (file: Buffer): Promise<string> => {
  const error = await failure(() => open(file));
  expect(error).toMatchObject({ code: "workbook_broken", hint: expect.stringContaining("save it again") });
  return error.message;
};

const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&${i === 0 ? "lol" : `l${i}`};`.repeat(10)}">`).join("")}]>`;

describe("a workbook is refused", () => {
  test.each(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])(
    "with a document type in %s",
    async (part) => expect(await refusal(book({ [part]: `<?xml version="1.0"?>${laughs}<a>&l9;</a>` }))).toContain("document type"),
  );

  test("with entities that XML does not have", async () =>
    expect(await refusal(withSheet("<worksheet>&lol;</worksheet>"))).toContain("entity"));

  test.each(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"])("without %s", async (part) => {
    expect(await refusal(book({ [part]: undefined }))).toContain("missing");
  });

  test("whose sheet is a file outside of it: names stay inside the archive", async () => {
    const targets = ["/etc/passwd", "../../../../../../etc/passwd", "file:///etc/passwd"];
    for (const target of targets) {
      const parts = { "xl/_rels/workbook.xml.rels": relationships([["rId1", "worksheet", target]]) };
      expect(await refusal(book(parts))).toContain("missing");
    }
  });

  test("whose sheet is elsewhere", async () => {
    const outside = relationships([["rId1", "worksheet", "http://localhost/sheet.xml"]]).replace("/></", ' TargetMode="External"/></');
    expect(await refusal(book({ "xl/_rels/workbook.xml.rels": outside }))).toContain("no part");
  });

  test.each([
    ["that ends in the middle", "<worksheet><sheetData><row>"],
    ["with crossed tags", "<worksheet><sheetData></worksheet></sheetData>"],
    ["that is another part", "<workbook/>"],
    ["that is no XML", "a,b\n1,2\n"],
    ["with bytes that are no text", Buffer.from("<worksheet>\xff</worksheet>", "latin1")],
    ["in an old encoding", '<?xml version="1.0" encoding="ISO-8859-1"?><worksheet/>'],
    ["whose rows go backwards", '<worksheet><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>'],
    ["whose cells go backwards", '<worksheet><sheetData><row r="1"><c r="B1"/><c r="A1"/></row></sheetData></worksheet>'],
    ["with a row beyond the last", '<worksheet><sheetData><row r="10000000"/></sheetData></worksheet>'],
    ["with a column beyond the last", '<worksheet><sheetData><row r="1"><c r="XFE1"/></row></sheetData></worksheet>'],
    ["with a number that is none", '<worksheet><sheetData><row r="1"><c r="A1"><v>1,5</v></c></row></sheetData></worksheet>'],
    ["with a boolean that is none", '<worksheet><sheetData><row r="1"><c r="A1" t="b"><v>2</v></c></row></sheetData></worksheet>'],
    ["with an unknown type of cell", '<worksheet><sheetData><row r="1"><c r="A1" t="z"><v>2</v></c></row></sheetData></worksheet>'],
    [
      "with a shared text that is not there",
      '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData></worksheet>',
    ],
    ["with a shared text of no number", '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>-1</v></c></row></sheetData></worksheet>'],
    ["with an endless tag", `<worksheet><sheetData><row ${"x".repeat(9 * 1024 * 1024)}`],
    ["with an endless comment", `<worksheet><!--${"x".repeat(9 * 1024 * 1024)}`],
    ["with an endless text", `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>${"x".repeat(9 * 1024 * 1024)}`],
  ])("with a sheet %s", async (_, xml) => {
    await refusal(book({ "xl/worksheets/sheet1.xml": xml }));
  });

  test("that is a zip bomb, before it is unpacked", async () => {
    const zeros = Buffer.alloc(100 * 1024 * 1024, " ");
    expect(await refusal(book({ "xl/worksheets/sheet1.xml": zeros }))).toContain("zip bomb");
    expect(await refusal(book({ "xl/sharedStrings.xml": zeros }))).toContain("zip bomb");
  });

  test("that unpacks to more than it claims", async () => {
    const file = zipOf([
      { name: "[Content_Types].xml", content: Buffer.from("<Types/>") },
      { name: "xl/workbook.xml", content: Buffer.from("<workbook></workbook>"), claimed: 10 },
    ]);
    expect(await failure(() => open(file))).toMatchObject({ code: "archive_broken" });
  });
});

describe("what a workbook claims is not believed", () => {
  test("the size of the sheet and the count of the texts", async () => {
    const texts = ["name", "n", "x"];
    const parts = {
      "xl/worksheets/sheet1.xml": sheetXml(rows).replace("<sheetData>", '<dimension ref="A1:XFD10000000"/><sheetData>'),
      "xl/sharedStrings.xml": sharedStringsXml(texts).replace("<sst ", '<sst count="99999999999" uniqueCount="500000000" '),
    };
    expect((await open(book(parts))).rows).toEqual([{ name: "x", n: 1 }]);
  });

  test("a large row number makes no large file", async () => {
    const xml = sheetXml({ 1: ["name", "n"], 1048576: ["x", 1] });
    const parts = { "xl/worksheets/sheet1.xml": xml, "xl/sharedStrings.xml": sharedStringsXml(["name", "n", "x"]) };
    const result = await open(book(parts.valueOf() as never));
    expect(result.rows).toHaveLength(1);
  });

  test("a row of many large texts is longer than max_row_bytes, not than memory", async () => {
    const long = "x".repeat(1024 * 1024);
    const cells = Array.from({ length: 16_000 }, () => '<c t="s"><v>0</v></c>').join("");
    const file = book({
      "xl/worksheets/sheet1.xml": `<worksheet><sheetData><row>${cells}</row></sheetData></worksheet>`,
      "xl/sharedStrings.xml": sharedStringsXml([long]),
    });
    expect(await failure(() => open(file))).toMatchObject({ code: "row_over_budget" });
  });
});
