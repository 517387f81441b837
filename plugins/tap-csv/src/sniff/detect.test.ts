import { execFileSync } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { detect, detectIn } from "./detect.ts";
import { type Dialect, defaultDialect } from "./dialect.ts";

const utf8 = { encoding: "utf-8", evidence: "" };
const sample = (bytes: Uint8Array, isWhole = true) => ({ bytes, isWhole, later: [] });
const detected = (text: string | Uint8Array, given = {}) => detectIn(sample(Buffer.from(text as string)), given, utf8);
const dialectOf = (text: string): Partial<Dialect> =>
  Object.fromEntries(Object.entries(detected(text).dialect).filter(([key, value]) => value !== defaultDialect[key as keyof Dialect]));

describe("delimiter", () => {
  test.each([
    ["a comma", "id,name,when\n1,Anna,2024-01-02\n2,Bob,2024-01-03\n", {}],
    ["a semicolon beside decimal commas", "a;b;c\n1,5;2,5;3,5\n1,6;2,6;3,6\n", { delimiter: ";" }],
    ["a tab beside commas in texts", "name\tcity\tn\nDoe, J\tRome, IT\t1\nRoe, K\tBonn, DE\t2\n", { delimiter: "\t" }],
    ["a bar", "a|b\n1|x\n2|y\n", { delimiter: "|" }],
    ["a caret", "a^b\n1^x\n2^y\n", { delimiter: "^" }],
    ["a control character", "a\u0001b\n1\u0001x\n2\u0001y\n", { delimiter: "\u0001" }],
    ["two bars", "a||b||c\n1||x||\n2||y||z\n", { delimiter: "||" }],
    ["three characters", "a|~|b\n1|~|x\n2|~|y\n", { delimiter: "|~|" }],
    ["a bar between spaces", "a | b | c\n1 | x | 2\n3 | y | 4\n", { delimiter: " | " }],
    ["a character beyond ASCII", "a¦b\n1¦x\n2¦y\n", { delimiter: "¦" }],
    ["a space in a log", "10:00 INFO 17\n10:01 WARN 18\n10:02 INFO 19\n", { delimiter: " ", header: 0 }],
    ["a comma and a space", 'a, b, c\n1, "x, y", 2\n3, z, 4\n', { skipInitialSpace: true }],
    ["none: one column of texts with commas", "remark\nHello, world\nNothing\nYes, no, maybe\n", {}],
    ["none: one column of names", "full name\nAnna Smith\nBob Jones\nEve Black Adder\n", {}],
    ["none: one column of times", "at\n10:00\n11:30\n12:15\n", {}],
    [
      "a semicolon in a small file of which a row is short",
      "a;b;c;\n1,5;x;2;\n2,5;y\n3,25;z;1;\n",
      { delimiter: ";", trailingDelimiter: true },
    ],
    ["as Excel names it", "sep=;\na;b\n1;x\n", { delimiter: ";", skip: 1 }],
  ])("%s", (_, text, expected) => {
    expect(dialectOf(text)).toEqual(expected);
  });
});

describe("quote and escape", () => {
  test.each([
    ["a double quote around delimiters and lines", 'a,b\n1,"x, y\nz"\n2,"q ""r"" s"\n', {}],
    ["an apostrophe around cells", "a,b,c\n1,'x, y',2\n3,'it''s, so',4\n", { quote: "'" }],
    ["quotes around one column", '"a,b"\n"c,d"\n', {}],
    ["an apostrophe in cells", "a,b\n1,it's\n2,don't\n", {}],
    ["two rows with all cells quoted, one of them too long", '"a";"b";"c"\n"1";"2";"3";"4"\n', { delimiter: ";" }],
    ["a backslash before quotes", 'a,b\n1,"say \\"hi\\", you"\n2,"x"\n', { escape: "\\" }],
    ["a backslash at the end of a path", 'a,b\n"C:\\dir\\",1\n"D:\\",2\n', {}],
    ["inches", 'size\tname\n5"\tsmall\n10"\tlarge\n', { delimiter: "\t" }],
  ])("%s", (_, text, expected) => {
    expect(dialectOf(text)).toEqual(expected);
  });

  test("a quote that is never closed does not mean that quotes are text", () => {
    expect(detected('id,name\n1,a\n2,b\n3,"x\n4,y\n').dialect.quote).toBe('"');
  });

  test("a stray quote in one row leaves the rest as it is", () => {
    const text = 'id,n,name\n1,5,"x, y"\n2,"6,z\n3,7,"u, v"\n4,8,"w"\n';
    const { rows, columns } = detected(text);
    expect(columns).toBe(3);
    expect(rows[2]?.cells).toEqual(["2", '"6', "z"]);
  });
});

describe("comment and lines before the table", () => {
  test.each([
    ["comments at the start", "# made by x\n# on Monday\nid,n,s\n1,2,x\n3,4,y\n", { skip: 2 }],
    ["comments at the start, and a row that begins like one", "# made by x\nid,n,s\n#1,2,x\n3,4,y\n#5,6,z\n", { skip: 1 }],
    ["comments at the start of one column", "# made by x\nname\nAnna\nBob\n", { skip: 1 }],
    ["comments in the middle", "id,n\n1,2\n# one more, it, is\n3,4\n5,6\n", { comment: "#" }],
    ["a name that begins with #", "#id,n\n1,2\n3,4\n", {}],
    ["values that begin with #", "color,n\n#ff0000,1\n#00ff00,2\n", {}],
    ["a title", "Report of sales\n\nid,name,n\n1,a,5\n2,b,6\n", { skip: 2 }],
    ["a title with empty cells", "Report,,\n,,\nid,name,n\n1,a,5\n2,b,6\n", { skip: 2 }],
    ["a title over two columns", "Summary of 2017,\n,\nlabel,sum\na,5\nb,6\n", { skip: 2 }],
    [
      "a long title in two cells",
      `made as a new data set,${"on a day with sun and some rain ".repeat(2)}\ncm,%\n4,5.1\n3,5.2\n2,5.3\n`,
      { skip: 1 },
    ],
    ["names in the last of the comments", "#DATE: ,today\n#MADE: ,x\n##t/C,time/min,f\n21.5,0.8,5\n22.5,0.9,6\n", { skip: 2 }],
    ["a header that lacks a cell", "id,name\n1,a,5\n2,b,6\n", {}],
    [
      "names and values",
      "Customer:,Alpha Ltd,\nPeriod:,01/2026,\nDate,Description,Amount\n17/01/2026,Fee,16.50\n18/01/2026,Fee,17.50\n",
      { skip: 2 },
    ],
    [
      "names and values without colons",
      "Customer,Alpha Ltd,\nPeriod,01/2026,\nDate,Text,Amount\n17/01/2026,Fee,16.50\n18/01/2026,Fee,17.50\n",
      { skip: 2 },
    ],
    [
      "a title, names and values, and padded blank lines",
      "Statement,,\n,,\nIBAN:,DE12,\n,,\nDate,Text,Amount\n2026-01-01,x,5\n2026-01-02,y,6\n",
      { skip: 4 },
    ],
    [
      "names and values between semicolons",
      "Kunde:;Alpha;;\nZeitraum:;01/2026;;\nTag;Text;Soll;Haben\n1.2.2026;x;1,5;2,5\n2.2.2026;y;1,5;2,5\n",
      { delimiter: ";", skip: 2 },
    ],
    [
      "names and values that end in colons over texts",
      "Customer:,Alpha Ltd,\nPeriod:,May,\nName,City,State\nAnna,Rome,x\nBob,Bonn,y\n",
      { skip: 2 },
    ],
    ["names and values over two columns", "Customer:,Alpha Ltd\nPeriod:,May\nDay,Amount\n2026-01-01,5.5\n2026-01-02,6.5\n", { skip: 2 }],
    ["names with two values", "From:,2026-01-01,to,2026-02-01,\nDate,A,B,C,D\n2026-01-01,1,2,3,4\n2026-01-02,1,2,3,4\n", { skip: 1 }],
    ["padded blank lines alone", ",,\n,,\nid,name,n\n1,a,5\n2,b,6\n", { skip: 2 }],
    ["a header whose last name is missing", "id,name,\n1,a,5\n2,b,6\n", {}],
    ["a header whose last name is missing, over texts", "first,last,\nAnna,Smith,x\nBob,Jones,y\n", {}],
  ])("%s", (_, text, expected) => {
    expect(dialectOf(text)).toEqual(expected);
  });
});

describe("header", () => {
  test.each([
    ["one row of names", "id,name\n1,a\n2,b\n", 1, ["id", "name"]],
    ["none", "1,a,2024-01-01\n2,b,2024-01-02\n", 0, []],
    ["none in a single row of numbers", "1,2,3\n", 0, []],
    ["names alone", "id,name\n", 1, ["id", "name"]],
    ["texts over texts", "name,city\nAnna,Rome\nBob,Bonn\n", 1, ["name", "city"]],
    ["units below names", "id,weight,length\n,kg,m\n1,5.5,2\n2,6.5,3\n", 2, ["id", "weight kg", "length m"]],
    [
      "groups over names of a letter",
      "left,,right,\nX,Y,X,Y\n1.5,2.5,3.5,4.5\n1.6,2.6,3.6,4.6\n1.7,2.7,3.7,4.7\n",
      2,
      ["left X", "left Y", "right X", "right Y"],
    ],
    [
      "groups of two rows over names",
      "left,left,right,right\nX,Y,X,Y\n1.5,2.5,3.5,4.5\n1.6,2.6,3.6,4.6\n",
      2,
      ["left X", "left Y", "right X", "right Y"],
    ],
    ["units below names that are repeated in a short table", "a,b\nkg,m\n1,2\na,b\nkg,m\n3,4\n", 2, ["a kg", "b m"]],
    ["the same names twice in a row, in other quotes", 'a,b\n"a",b\n1,2\n3,4\n', 2, ["a a", "b b"]],
    ["units in brackets", "t,v,w\n[s],[m/s],(kg)\n1,2,3\n4,5,6\n", 2, ["t [s]", "v [m/s]", "w (kg)"]],
    ["types below names", "id,price\nint,decimal\n1,2.5\n3,4.5\n", 2, ["id int", "price decimal"]],
    [
      "a first row with remarks instead of numbers",
      "id,name,score\nA1,Anna,absent\n2,Bob,5\n3,Eve,7\n4,Kim,8\n",
      1,
      ["id", "name", "score"],
    ],
    ["labels below names", "Q1,Q2\nHow old are you?,How tall are you?\n30,180\n40,170\n50,160\n", 1, ["Q1", "Q2"]],
    ["a header that is repeated directly", "a,b\na,b\n1,2\n3,4\n", 1, ["a", "b"]],
    ["years over numbers", "Item,2023,2024\nPen,10,20\nCup,11,21\n", 1, ["Item", "2023", "2024"]],
    ["years in reverse", "Product,2025,2024,2023\nPen,30,20,10\nCup,31,21,11\n", 1, ["Product", "2025", "2024", "2023"]],
    ["years with a gap", "Region,City,2010,2015\nNorth,Oslo,1.5,2.5\nSouth,Rome,3.5,4.5\n", 1, ["Region", "City", "2010", "2015"]],
    ["years below a blank name", ",2023,2024\nPen,10,20\nCup,11,21\n", 1, ["", "2023", "2024"]],
    ["one year over numbers", "Item,2023\nPen,10\nCup,11\n", 1, ["Item", "2023"]],
    ["codes beside a name over dates", "Date,2330,2317\n2026-01-02,10.5,20\n2026-01-03,11,21\n", 1, ["Date", "2330", "2317"]],
    [
      "codes over prices",
      "Day,101,102\n2026-01-02,10.50,20.25\n2026-01-03,11.75,21.50\n2026-01-04,11.75,21.50\n",
      1,
      ["Day", "101", "102"],
    ],
    ["numbers that could be values", "Pen,10,20\nCup,11,21\n", 0, []],
    ["a series that could be values", "Pen,10,20,30\nCup,11,21,31\n", 0, []],
    ["years in every row", "Pen,2023,2024\nCup,2022,2025\nMug,2021,2020\n", 0, []],
    ["a table of numbers", "1,2,3\n4,5,6\n7,8,9\n", 0, []],
    ["counted columns", ",0,1,2\na,5,6,7\nb,8,9,9\n", 1, ["", "0", "1", "2"]],
    ["years as names", "country,1990,1991,1992\nA,1,2,3\nB,4,5,6\n", 1, ["country", "1990", "1991", "1992"]],
    ["an empty file", "", 1, []],
  ])("%s", (_, text, header, names) => {
    const found = detected(text);
    expect({ header: found.dialect.header, names: found.names }).toEqual({ header, names });
  });
});

describe("a header that is in doubt has a warning that names line and setting", () => {
  test.each([
    ["one year", "Item,2023\nPen,10\nCup,11\n"],
    ["a series", "Pen,10,20,30\nCup,11,21,31\n"],
    ["a name over dates beside numbers", "Date,10,20\n2026-01-02,11,21\n2026-01-03,12,22\n"],
    ["texts below the header", "id,name,score\nA1,Anna,absent\n2,Bob,5\n3,Eve,7\n4,Kim,8\n"],
    ["the same names twice in a row, in other quotes", 'a,b\n"a",b\n1,2\n3,4\n'],
    ["years alone", "2020,2021,2022\n5,6,7\n8,9,10\n"],
  ])("%s", (_, text) => {
    expect(detected(text).doubts).toEqual([expect.stringMatching(/^line 1: .*set header to [0-3]/)]);
  });

  test.each(
    [
      "Item,2023,2024\nPen,10,20\nCup,11,21\n",
      "Date,2330,2317\n2026-01-02,10.5,20\n2026-01-03,11,21\n",
      "Pen,10,20\nCup,11,21\n",
      "id,name\n1,a\n2,b\n",
      "name,city\nAnna,Rome\nBob,Bonn\n",
    ].map((text) => text.replaceAll("\\n", "\n")),
  )("%j has none", (text) => {
    expect(detected(text).doubts).toEqual([]);
  });
});

test("commas at the end of all rows without a header are in doubt", () => {
  expect(detected("1,2026-01-02,\n3,2026-01-03,\n")).toMatchObject({
    dialect: { header: 0, trailingDelimiter: false },
    doubts: [expect.stringMatching(/^line 1: every row ends with a comma.*set trailing_delimiter to true/)],
  });
});

test("a column that the config names is in the header", () => {
  const header = (text: string, names: string[]) => detectIn(sample(Buffer.from(text)), {}, utf8, new Set(names));
  expect(header("Date,10,20\n2026-01-02,11,21\n2026-01-03,12,22\n", ["Date"]).dialect.header).toBe(1);
  expect(header("10,20\n11,21\n", ["20"]).names).toEqual(["10", "20"]);
  expect(header("made,by x\nid,20\n11,21\n12,22\n", ["id"])).toMatchObject({ dialect: { skip: 1, header: 1 }, doubts: [] });
});

test("what is set is never changed, and the evidence shows it", () => {
  const given = {
    delimiter: ";",
    quote: null,
    escape: "!",
    doubleQuote: false,
    comment: "%",
    skip: 1,
    header: 0,
    skipInitialSpace: true,
    trailingDelimiter: false,
  };
  const { dialect, evidence } = detected('x\na,"b"\n1,"2"\n', given);
  expect(dialect).toEqual(given);
  expect(Object.entries(evidence).filter(([key, words]) => key !== "encoding" && words !== "set in the config")).toEqual([]);
});

test("line ends are counted by kind", () => {
  expect(detected("a,b\r\n1,2\r\n3,4\n5,6\r7,8").lineEnds).toEqual({ crlf: 2, lf: 1, cr: 1 });
});

test("a table of numbers and words is recognized in any dialect", () => {
  const word = fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,5})?$/);
  const cell = fc.oneof(
    word,
    word.map((text) => `${text}, so; "${text}"\tit|is`),
  );
  const row = fc.tuple(fc.nat(10_000), cell, fc.date({ min: new Date(0), max: new Date(2e12), noInvalidDate: true }));
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 3, maxLength: 20 }),
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom('"', "'"),
      fc.constantFrom("\n", "\r\n", "\r"),
      (rows, delimiter, quote, end) => {
        const write = (cells: readonly string[]): string => cells.map((one) => quoted(one, quote)).join(delimiter);
        const lines = [["id", "some name", "day"], ...rows.map(([id, name, day]) => [String(id), name, day.toISOString().slice(0, 10)])];
        const found = detected(lines.map(write).join(end) + end);
        expect({ delimiter: found.dialect.delimiter, header: found.dialect.header }).toEqual({ delimiter, header: 1 });
        expect(found.rows.map(({ cells }) => cells.map((one) => one.replaceAll(quote + quote, quote)))).toEqual(lines);
      },
    ),
    { numRuns: 100, seed: 11 },
  );
});

test("no bytes make detection fail or hang", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.stringMatching(/^[a1,;"'\\\n\r# \t|]{0,200}$/).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, fc.boolean(), (some, isWhole) => {
      fc.pre(!(some[0] === 0xff && some[1] === 0xfe) && !(some[0] === 0 && some[1] === 0));
      expect(detectIn(sample(some, isWhole), {}, utf8).dialect.skip).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 300, seed: 12 },
  );
});

describe("a large file", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tap-csv-sniff-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("of 1 GB is detected within a second", async () => {
    const path = join(folder, "large.csv");
    const handle = await open(path, "w");
    const line = `${Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? `"text ${i}, and more"` : `${i}.5`)).join(",")}\n`;
    await handle.write(`${Array.from({ length: 16 }, (_, i) => `column ${i}`).join(",")}\n${line.repeat(5000)}`);
    await handle.close();
    execFileSync("truncate", ["-s", "1G", path]);
    const tail = await open(path, "r+");
    await tail.write(Buffer.from("caf\u00e9\n", "latin1"), 0, 5, 1024 ** 3 - 5);
    await tail.close();
    const before = process.cpuUsage();
    const { dialect, columns, encoding } = await detect({ path }, {}, {});
    // Of the processor: it is the same on a busy machine, and the file is a hole that no disk is read for.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
    expect({ dialect, columns, encoding }).toEqual({ dialect: defaultDialect, columns: 16, encoding: "windows-1252" });
  });
});

function quoted(cell: string, quote: string): string {
  return /[,;|\t"']/.test(cell) ? quote + cell.replaceAll(quote, quote + quote) + quote : cell;
}

test.each([
  ["codes that do not fit the values", "SKU,1001,1002\nA,1.5,2.5\nB,2.5,3.5\nC,9.5,1.25\n", 1, /do not fit the values below/],
  ["codes with leading zeros", "Name,00123,00456\nA,1,2\nB,2,3\nC,9,1\n", 1, /do not fit the values below/],
  ["codes over few values", "SKU,1001,1002\nA,1,2\nB,3,4\n", 0, /do not fit the values below/],
  ["years over years", "City,2020,2021\nRome,1999,2005\nOslo,2010,2011\nBonn,2001,2004\n", 0, /consecutive years/],
])("numbers beside a name over texts are in doubt: %s", (_, text, header, doubt) => {
  const found = detected(text);
  expect([found.dialect.header, found.doubts]).toEqual([header, [expect.stringMatching(doubt)]]);
});

test.each([
  ["larger numbers that have decimals", "Pen,1000.50,2\nCup,5.25,1\nMug,7.25,3\nBox,8.5,2\n"],
  ["one number that is larger", "Pen,1000,2\nCup,5,1\nMug,7,3\nBox,8,2\n"],
  ["dates of birth and death", "Bach,1685,1750\nMozart,1756,1791\nHaydn,1732,1809\n"],
])("a first row of values raises no doubt: %s", (_, text) => {
  expect(detected(text)).toMatchObject({ dialect: { header: 0 }, doubts: [] });
});

test("years below groups of columns are a second header row", () => {
  expect(detected(",Sales,,Costs,\nItem,2023,2024,2023,2024\nPen,1,2,3,4\nCup,5,6,7,8\n")).toMatchObject({
    dialect: { header: 2 },
    names: ["Item", "Sales 2023", "Sales 2024", "Costs 2023", "Costs 2024"],
  });
  expect(detected("name,a,a\nx,2023,2024\ny,2022,2021\nz,2020,2021\n").dialect.header).toBe(1);
});
