/** Rows and files that are no data: repeated headers, totals, delimiters at the end of rows, empty files. */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contextOf, failure, folderOf, properties, read, streamOf, streamsOf } from "../test/tap-run.ts";

async function load(content: string, settings: Record<string, unknown> = {}) {
  const warnings: string[] = [];
  const stream = await streamOf(content, settings);
  let skipped = 0;
  const { rows } = await read(stream, {
    log: (level, message) => {
      if (level === "warning") warnings.push(message.replace(/^.*\//, ""));
    },
    skipped: (count) => {
      skipped += count;
    },
  });
  const types = Object.values(properties(stream)).map(({ type, format, multipleOf }) => format ?? multipleOf ?? (type as string[])[1]);
  return { rows: rows.map((row) => Object.values(row).join("|")), skipped, warnings, types, names: Object.keys(properties(stream)) };
}

describe("a repeated header", () => {
  test.each([
    ["in the middle", "Order ID,Total\n1001,5.00\n1002,6.00\nOrder ID,Total\n1003,7.00\n", ["1001|5", "1002|6", "1003|7"], 1],
    ["directly below the header, and at the end", "a,b\na,b\n1,2\n3,4\na,b\n", ["1|2", "3|4"], 2],
    ["in other quotes", 'a,b\n1,x\n"a","b"\n2,y\n', ["1|x", "2|y"], 1],
    ["in a file whose cells are all quoted", '"a","b"\n"x","y"\n"a","b"\n"z","a"\n', ["x|y", "z|a"], 1],
    ["in a table of text", "name,city\nAnna,Rome\nname,city\nBob,Bonn\nname,Oslo\n", ["Anna|Rome", "Bob|Bonn", "name|Oslo"], 1],
    ["after a byte order mark", "a,b\n1,x\n\uFEFFa,b\n2,y\n", ["1|x", "2|y"], 1],
    ["after a quoted byte order mark", 'a,b\n1,x\n\uFEFF"a",b\n2,y\n', ["1|x", "2|y"], 1],
    ["after a line that names the delimiter", "sep=;\r\na;b\r\n1;x\r\nsep=;\r\na;b\r\n2;y\r\n", ["1|x", "2|y"], 2],
    ["with other line ends", "a,b\r\n1,x\r\na,b\n2,y\r\n", ["1|x", "2|y"], 1],
    ["in another case", "id,amount\n1,5\nID,Amount\n2,6\nId,AMOUNT\n3,7\n", ["1|5", "2|6", "3|7"], 2],
    ["in another case, in a second language", "größe,n\n1,2\nGröße,N\nGRÖßE,N\n3,4\n", ["1|2", "3|4"], 2],
    ["after a quoted line that names the delimiter", 'a;b\n1;x\n"sep=;"\na;b\n2;y\n', ["1|x", "2|y"], 2],
    ["with blanks", "a,b,c\n1,x,2\na ,b, c\n3,y,4\n", ["1|x|2", "3|y|4"], 1],
    ["with blanks, in a table of text", "name,city\nAnna,Rome\nname ,city\n name,city\nBob,Bonn\n", ["Anna|Rome", "Bob|Bonn"], 2],
    ["whose names have blanks", '" name ","city"\n"Anna","Rome"\n" name ","city"\n"Bob","Bonn"\n', ["Anna|Rome", "Bob|Bonn"], 1],
    ["between tabs", "name\tcity\nAnna\tRome\nname\tcity\n\tname\nBob\tBonn\n", ["Anna|Rome", "|name", "Bob|Bonn"], 1],
    ["with a name in a second language", "größe,n\n1,2\ngröße,n\n3,4\n", ["1|2", "3|4"], 1],
    ["several times in a long table", `a,b\n${"1,x\n2,y\na,b\n".repeat(5000)}`, Array(5000).fill(["1|x", "2|y"]).flat(), 5000],
    ["of two rows", "a,b\nkg,m\n1,2\n3,4\na,b\nkg,m\n5,6\n", ["1|2", "3|4", "5|6"], 2],
    ["whose last column has no name", "a,b,\n1,2,3\na,b,\n4,5,6\n", ["1|2|3", "4|5|6"], 1],
  ])("%s is left out and counted", async (_, content, rows, skipped) => {
    const found = await load(content);
    expect([found.rows, found.skipped]).toEqual([rows, skipped]);
    expect(found.warnings).toEqual([expect.stringMatching(/^items.csv, line \d+: the header is repeated/)]);
  });

  test("of a single column is one only in the same case", async () => {
    expect((await load("name\nAnna\nName\nname\nBob\n")).rows).toEqual(["Anna", "Name", "Bob"]);
  });

  test("of two rows is left out in a file with two rows of data", async () => {
    expect((await load("a,b\nkg,m\n1,2\na,b\nkg,m\n3,4\n")).rows).toEqual(["1|2", "3|4"]);
  });

  test.each([
    ["a title", "Report,,\nid,name,n\n1,a,5\nReport,,\nid,name,n\n2,b,6\n", 2],
    ["a title without delimiters, and blank lines", "Report\n\nid,name,n\n1,a,5\n\nReport\n\nid,name,n\n2,b,6\n", 2],
    ["a title that is not the same", "Report of May,,\n\nid,name,n\n1,a,5\nReport of May,,2\n\nid,name,n\n2,b,6\n", 2],
    [
      "names with other values",
      "Customer:,Alpha,\nPeriod:,01/2026,\nid,name,n\n1,a,5\nCustomer:,Beta,\nPeriod:,02/2026,\nid,name,n\n2,b,6\n",
      3,
    ],
  ])("is left out with the lines before it: %s", async (_, content, skipped) => {
    const found = await load(content);
    expect([found.rows, found.skipped, found.types]).toEqual([["1|a|5", "2|b|6"], skipped, ["integer", "string", "integer"]]);
    expect(found.warnings).toEqual([
      expect.stringMatching(/lines? before the header (is|are) repeated with it/),
      expect.stringContaining("the header is repeated"),
    ]);
  });

  test("a row that begins like the lines before the header is a row", async () => {
    const content = "Customer:,Alpha,\nid,name,n\nCustomer:,a,5\nCustomer:,b,6\n3,c,7\n";
    expect(await load(content)).toMatchObject({ rows: ["Customer:|a|5", "Customer:|b|6", "3|c|7"], skipped: 0 });
  });

  test("does not change the types", async () => {
    expect((await load("Order ID,Total\n1001,5.00\nOrder ID,Total\n1003,7.00\n")).types).toEqual(["integer", 0.01]);
  });

  test("is loaded or stops the run as set", async () => {
    const content = "a,b\n1,x\na,b\n2,y\n";
    expect((await load(content, { repeated_header: "row" })).rows).toEqual(["1|x", "a|b", "2|y"]);
    expect(await failure(() => load(content, { repeated_header: "fail" }))).toMatchObject({
      code: "header_repeated",
      position: { line: 3 },
    });
  });

  test("is not looked for in a table without a header", async () => {
    expect((await load("1,x\n2,y\n1,x\n", { header: 0 })).rows).toEqual(["1|x", "2|y", "1|x"]);
  });

  test("a byte order mark and a line that names the delimiter vanish without one", async () => {
    const { rows, skipped } = await load("a;b\n1;x\n\uFEFF2;y\nSEP=;\n3;z\nsep;w\n");
    expect([rows, skipped]).toEqual([["1|x", "2|y", "3|z", "sep|w"].map((row) => row), 1]);
  });
});

describe("a row whose cells are all empty", () => {
  test.each([
    ["in the middle", "a,b,c\n1,x,2\n,,\n3,y,4\n", ["1|x|2", "3|y|4"], 1],
    ["with another count of cells", "a,b,c\n1,x,2\n,,,,\n,\n3,y,4\n", ["1|x|2", "3|y|4"], 2],
    ["with blanks", "a,b,c\n1,x,2\n , ,\t\n3,y,4\n", ["1|x|2", "3|y|4"], 1],
    ["directly below the header", "a,b,c\n,,\n1,x,2\n3,y,4\n", ["1|x|2", "3|y|4"], 1],
    ["between tabs", "a\tb\n1\tx\n\t\n2\ty\n", ["1|x", "2|y"], 1],
    ["where the first column often is empty", "a,b\n,x\n,\n,y\n1,z\n", ["|x", "|y", "1|z"], 1],
    ["in a long table", `a,b\n${"1,x\n2,y\n,\n".repeat(5000)}3,z\n`, [...Array(5000).fill(["1|x", "2|y"]).flat(), "3|z"], 5000],
  ])("%s is left out and counted", async (_, content, rows, skipped) => {
    const found = await load(content);
    expect([found.rows, found.skipped]).toEqual([rows, skipped]);
    expect(found.warnings).toEqual([expect.stringMatching(/^items.csv, line \d+: every cell .* empty.*set empty_rows to row/)]);
  });

  test("at the end is counted without a warning, and does not hide a total", async () => {
    expect(await load("a,b\n1,x\n2,y\n,\n,\n")).toMatchObject({ rows: ["1|x", "2|y"], skipped: 2, warnings: [] });
    const total = "Day,Item,Sum\n2026-01-01,Pen,1.00\n2026-01-02,Cup,2.00\nTotal,,3.00\n,,\n,,";
    expect((await load(total)).warnings).toEqual([expect.stringContaining("line 4: the last line")]);
    for (const footer of [1, "auto"]) expect((await load(`${total}\n`, { footer })).rows).toHaveLength(2);
    const long = `a,b,c\n${"1,x,2.00\n".repeat(5)}Total,,10.00\n${",,\r\n".repeat(500_000)}`;
    expect((await load(long)).warnings).toEqual([expect.stringContaining("line 7: the last line")]);
  });

  test("is a row with empty quotes, or when set; it stops the run when set", async () => {
    expect((await load('a,b\nx,y\n"",""\nz,w\n')).rows).toEqual(["x|y", "|", "z|w"]);
    expect((await load("a,b\nx,y\n,\nz,w\n", { empty_rows: "row" })).rows).toEqual(["x|y", "|", "z|w"]);
    expect(await failure(() => load("a,b\n1,x\n,\n", { empty_rows: "fail" }))).toMatchObject({ code: "row_empty", position: { line: 3 } });
  });

  test("a line of blanks is a blank line, except in a single column", async () => {
    expect(await load("a,b\n1,x\n   \n2,y\n \t\n")).toMatchObject({ rows: ["1|x", "2|y"], skipped: 0, warnings: [] });
    expect(await failure(() => load("a,b\n1,x\n  \n2,y\n", { blank_lines: "fail" }))).toMatchObject({ code: "row_blank" });
    expect((await load("a\nx\n  \ny\n")).rows).toEqual(["x", "  ", "y"]);
  });
});

describe("a last line that is no row", () => {
  const rows = "Date,Item,Amount\n2026-01-01,Pen,10.00\n2026-01-02,Cup,20.00\n";

  test.each([
    "Total,,30.00",
    "TOTAL:,,30.00",
    "Grand total,,30.00",
    ",Total,30.00",
    "Sum,,30.00",
    "Summe;;30".replaceAll(";", ","),
    "Gesamt,,30.00",
    "Итого,,30.00",
    "合計,,30.00",
    "2 rows,,",
    "Count: 2,,",
    "Average,,15.00",
    ",,30.00",
    " ,,30.00",
    "Generated on 2026-01-03,,",
  ])("is loaded with a warning: %s", async (line) => {
    const found = await load(`${rows}${line}\n`);
    expect([found.rows.length, found.skipped]).toEqual([3, 0]);
    expect(found.warnings).toContainEqual(
      expect.stringMatching(/^items.csv, line 4: the last line .* looks like a total .*set footer to 1 or auto/),
    );
    const auto = await load(`${rows}${line}\n`, { footer: "auto" });
    expect([auto.rows.length, auto.skipped, auto.types]).toEqual([2, 1, ["date", "string", 0.01]]);
    expect(auto.warnings).toEqual([expect.stringContaining("left out the last line")]);
  });

  test.each([
    ",,5.00",
    ",Box,30.00",
    "2026-01-03,,30.00",
    "2026-01-03,Total,30.00",
    "2026-01-03,Totally new,1",
    "2026-01-03,Summer hat,5.00",
    "2026-01-03,Sum of parts,5.00",
  ])("is a row: %s", async (line) => {
    expect(await load(`${rows}${line}\n`, { footer: "auto" })).toMatchObject({ skipped: 0, warnings: [] });
    expect((await load(`${rows}${line}\n`)).warnings).toEqual([]);
  });

  test.each([
    [1, "Total,,30.00\n"],
    [1, "\n2 rows exported\n"],
    [2, "Total,,30.00\n\nmade by x\n\n\n"],
    [3, "x\r\ny\r\nz"],
    ["auto", "\n2 rows exported\n"],
    ["auto", "Total,,30.00\nsee the notes\n"],
  ])("footer: %s leaves out %j", async (footer, lines) => {
    const found = await load(`${rows}${lines}`, { footer });
    expect([found.rows, found.types]).toEqual([
      ["2026-01-01|Pen|10", "2026-01-02|Cup|20"],
      ["date", "string", 0.01],
    ]);
    expect(found.skipped).toBe(lines.split(/\r?\n/).filter((line) => line !== "").length);
  });

  test("that is too short is an error which names the settings", async () => {
    const error = await failure(() => load(`${rows}\n2 rows exported\n`));
    expect(error).toMatchObject({ code: "row_too_short", position: { line: 5 } });
    for (const setting of ["short_rows", "on_bad_row", "footer"]) expect(error.hint).toContain(setting);
  });

  test("never is the header, and more lines than there are leave nothing", async () => {
    expect((await load("Total,Item\n", { footer: 1 })).names).toEqual(["Total", "Item"]);
    expect((await load("Total,Item\n")).warnings).toEqual([]);
    const few = await load("a,b\n1,2\n", { footer: 5 });
    expect(few).toMatchObject({ rows: [], skipped: 1 });
    expect(few.warnings).toEqual([expect.stringMatching(/footer is 5, but only 1 follow.* the header, so no row is left/)]);
  });

  test("of a file that grows stays after the bookmark", async () => {
    const path = join(folderOf({ "items.csv": `${rows}Total,,30.00\n` }), "items.csv");
    const [stream] = await streamsOf({ files: [{ entity: "items", path, footer: 1 }], infer: "none" });
    const incremental = { replicationMethod: "INCREMENTAL" } as const;
    const state = async (before: object): Promise<{ state: object; rows: unknown[] }> => {
      let last = before;
      const context = contextOf(stream as never, { ...incremental, state: before as never });
      const dates: unknown[] = [];
      for await (const chunk of (stream as never as { read(context: unknown): AsyncIterable<never> }).read(context)) {
        const { value, bytes } = chunk as { value?: object; bytes?: Uint8Array };
        if (value !== undefined) last = value;
        if (bytes !== undefined)
          dates.push(
            ...Buffer.from(bytes)
              .toString()
              .matchAll(/"Date":"([^"]*)"/g),
          );
      }
      return { state: last, rows: dates.map((match) => (match as string[])[1]) };
    };
    const first = await state({});
    expect(first.rows).toEqual(["2026-01-01", "2026-01-02"]);
    expect(first.state).toMatchObject({ files: { [path]: { offset: rows.length } } });
    writeFileSync(path, `${rows}2026-01-03,Hat,5.00\nTotal,,35.00\n`);
    const second = await state(first.state);
    expect(second.rows).toEqual(["2026-01-03"]);
    appendFileSync(path, "2026-01-04,Pot,6.00\n");
    expect((await state(second.state)).rows).toEqual(["Total"]);
  });

  test("of a large file is found too, without holding back more than it", async () => {
    const content = `${rows}${"2026-01-03,Hat,5.00\n".repeat(50_000)}Total,,30.00\n`;
    expect(await load(content, { footer: 1 })).toMatchObject({ skipped: 1, warnings: [] });
    expect((await load(content)).warnings).toContainEqual(expect.stringContaining("line 50004: the last line"));
  });
});

describe("a delimiter at the end of every row", () => {
  test.each([
    ["that the header lacks", "name,city,amt\nann,rome,5.00,\nbob,oslo,6.00,\ncat,lima,7.00,\n", ["name", "city", "amt"], "ann|rome|5"],
    ["between tabs", "H1\tH2\n1\t2\t\n3\t4\t\n", ["H1", "H2"], "1|2"],
    ["that the header has too", "a;b;c;\n1;x;2;\n3;y;4;\n", ["a", "b", "c"], "1|x|2"],
    ["without a header", "1;x;2;\n3;y;4;\n", ["column_1", "column_2", "column_3"], "1|x|2"],
    ["after a single column", "a;\n1;\n2;\n", ["a"], "1"],
    ["after quoted cells", '"a","b"\n"x","y",\n"z","w",\n', ["a", "b"], "x|y"],
    ["of the header alone", "a,b,\nx,1\ny,2\na,b,\nz,3\n", ["a", "b"], "x|1"],
    ["of the header alone, over one row", "a,b,c,\n1,x,2\n", ["a", "b", "c"], "1|x|2"],
    ["but the last row", "a|b\n1|2|\n3|4|\n5|6", ["a", "b"], "1|2"],
    ["after bars", "|a|b|\n|1|2|\n|3|4|\n".replaceAll(/^\|/gm, ""), ["a", "b"], "1|2"],
    ["with CRLF", "a,b\r\n1,2,\r\n3,4,\r\n", ["a", "b"], "1|2"],
    ["below a title", "Report of sales\n\nid,name,n\n1,a,5,\n2,b,6,\n", ["id", "name", "n"], "1|a|5"],
  ])("%s is not a column", async (_, content, names, first) => {
    const found = await load(content);
    expect([found.names, found.rows[0]]).toEqual([names, first]);
  });

  test.each([
    ["a last column without values", "a,b,c\n1,2,\n3,4,\n", ["a", "b", "c"]],
    ["a last column with some values", "a,b,\n1,2,\n3,4,x\n", ["a", "b", "column_3"]],
    ["a last column of empty quotes", 'a,b,\n1,2,""\n3,4,""\n', ["a", "b", "column_3"]],
  ])("%s is a column", async (_, content, names) => {
    expect((await load(content)).names).toEqual(names);
  });

  test("is a column after commas without a header", async () => {
    expect(await load("1,x,5,\n3,y,6,\n")).toMatchObject({
      names: ["column_1", "column_2", "column_3", "column_4"],
      rows: ["1|x|5|", "3|y|6|"],
    });
  });

  test("of the header alone is found in a large file, also where some rows have it", async () => {
    const found = await load(`a,b,\n${"1,x\n2,y\n".repeat(10_000)}3,z,\n${"4,w,\n5,v\n".repeat(2000)}`);
    expect(found.rows).toHaveLength(24_001);
    expect(found.rows.slice(19_998, 20_003)).toEqual(["1|x", "2|y", "3|z", "4|w", "5|v"]);
  });

  test("a value after the last column is an error", async () => {
    const content = `a,b\n${"1,2,\n".repeat(50_000)}3,4,5\n`;
    expect(await failure(() => load(content))).toMatchObject({ code: "row_too_long", position: { line: 50_002 } });
  });

  test("can be set", async () => {
    expect((await load("a,b\n1,2\n3,4,\n", { trailing_delimiter: true })).rows).toEqual(["1|2", "3|4"]);
    expect(await failure(() => load("a,b\n1,2,\n3,4,\n", { trailing_delimiter: false }))).toMatchObject({ code: "row_too_long" });
  });
});

describe("empty files", () => {
  test.each(["  \n  \n", ";;;\r\n;;;\r\n", "\uFEFF", "\t\t\n"])("a file of blanks and delimiters is one: %j", async (content) => {
    const folder = folderOf({ "in/a.csv": "id,name\n1,x\n", "in/b.csv": content });
    const warnings: string[] = [];
    const [stream] = await streamsOf({ files: [{ entity: "items", path: join(folder, "in") }] }, (level, message) => {
      if (level === "warning") warnings.push(message);
    });
    if (stream === undefined) throw new Error("no stream");
    await read(stream, {
      log: (level, message) => {
        if (level === "warning") warnings.push(message);
      },
    });
    expect(Object.keys(properties(stream))).toEqual(["id", "name"]);
    expect(warnings).toEqual([expect.stringMatching(/b\.csv: The file .*so nothing is read from it/)]);
    expect(await failure(() => load(content))).toMatchObject({ code: "file_empty" });
  });

  const files = { "in/a.csv": "id,v\n1,a\n", "in/b.csv": "", "in/c.csv": "\n\r\n\n", "in/d.csv": "\uFEFF" };

  test.each([
    ["a folder", (folder: string) => ({ path: join(folder, "in") })],
    ["a pattern", (folder: string) => ({ path: join(folder, "in/*.csv") })],
    ["an inbox", (folder: string) => ({ inbox: join(folder, "in"), match: { name: "*.csv" } })],
  ])("in %s are reported and left", async (_, settingsIn) => {
    const { inbox, ...settings } = settingsIn(folderOf(files)) as { inbox?: string };
    const warnings: string[] = [];
    const [stream] = await streamsOf({ files: [{ entity: "t", ...settings }], ...(inbox && { inbox }) }, (_, text) => warnings.push(text));
    const { rows } = await read(stream as never, { log: (_, text) => warnings.push(text) });
    expect(rows).toEqual([{ id: 1, v: "a" }]);
    for (const name of ["b.csv", "c.csv", "d.csv"]) {
      expect(warnings.filter((text) => text.includes(name) && text.includes("nothing is read from it"))).toHaveLength(1);
    }
  });

  test("stop the run when named, or when set", async () => {
    const folder = folderOf(files);
    const streams = (settings: object) => streamsOf({ files: [{ entity: "t", ...settings }] });
    expect(await failure(() => streams({ path: join(folder, "in/b.csv") }))).toMatchObject({ code: "file_empty" });
    expect(await failure(() => streams({ path: join(folder, "in"), empty_files: "fail" }))).toMatchObject({ code: "file_empty" });
    expect(await streams({ path: join(folder, "in/b.csv"), empty_files: "skip" })).toEqual([]);
  });

  test("are read once they have rows", async () => {
    const folder = folderOf({ "in/a.csv": "id\n1\n", "in/b.csv": "" });
    const [stream] = await streamsOf({ files: [{ entity: "t", path: join(folder, "in") }] });
    expect((await read(stream as never)).rows).toHaveLength(1);
    writeFileSync(join(folder, "in/b.csv"), "id\n2\n");
    expect((await read(stream as never)).rows).toHaveLength(2);
  });
});
