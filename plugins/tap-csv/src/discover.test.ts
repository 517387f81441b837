import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { discover } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { failure, folderOf, properties, read, streamOf, streamsOf } from "../test/tap-run.ts";

const streamsAt = (path: string, settings = {}, config = {}) => streamsOf({ files: [{ entity: "items", path, ...settings }], ...config });

describe("types", () => {
  const content = "id,price,at,day,ok,zip,note\n1,2.50,2026-01-01T00:00:00Z,2026-01-01,true,01234,\n2,10.125,,,FALSE,,\n";

  test("are detected from the rows", async () => {
    expect(properties(await streamOf(content))).toEqual({
      id: { type: ["null", "integer"] },
      price: { type: ["null", "number"], multipleOf: 0.001 },
      at: { type: ["null", "string"], format: "date-time" },
      day: { type: ["null", "string"], format: "date" },
      ok: { type: ["null", "boolean"] },
      zip: { type: ["null", "string"] },
      note: { type: ["null", "string"] },
    });
  });

  test("are all strings with infer: none, and in a file without rows", async () => {
    const string = { type: ["null", "string"] };
    expect(Object.values(properties(await streamOf(content, {}, { infer: "none" })))).toEqual(Array(7).fill(string));
    const empty = await streamOf("a,b\n");
    expect(properties(empty)).toEqual({ a: string, b: string });
    expect((await read(empty)).rows).toEqual([]);
  });

  test("of the first 1,000 rows of each file, or of all", async () => {
    const folder = folderOf({ "a.csv": `n\n${"1\n".repeat(1000)}x\n`, "b.csv": "n\n2.5\n" });
    const type = async (infer: string) => properties((await streamsAt(folder, {}, { infer }))[0] as never).n;
    expect(await type("sample")).toEqual({ type: ["null", "number"], multipleOf: 0.1 });
    expect(await type("full")).toEqual({ type: ["null", "string"] });
  });

  test("keys and replication key reach the catalog", async () => {
    const stream = await streamOf(content, { keys: ["id"], replication_key: "at" });
    expect(discover([stream]).streams[0]).toMatchObject({
      tap_stream_id: "items",
      key_properties: ["id"],
      replication_method: "INCREMENTAL",
      replication_key: "at",
    });
  });
});

describe("the header", () => {
  test("that differs in case between files gives one column, with one warning", async () => {
    const folder = folderOf({ "a.csv": "id,Name\n1,x\n", "b.csv": "ID,name \n2,y\n", "c.csv": "Id,NAME,more\n3,z,w\n" });
    const warnings: string[] = [];
    const log = (level: string, message: string) => level === "warning" && warnings.push(message);
    const [stream] = await streamsOf({ files: [{ entity: "items", path: folder, keys: ["id"] }] }, log);
    expect(Object.keys(properties(stream as never))).toEqual(["id", "Name", "more"]);
    expect((await read(stream as never, { log })).rows).toEqual([
      { id: 1, Name: "x", more: null },
      { id: 2, Name: "y", more: null },
      { id: 3, Name: "z", more: "w" },
    ]);
    expect(warnings).toHaveLength(4);
    expect(warnings[0]).toMatch(/b.csv: column "ID" is taken for "id"/);
  });

  test("in doubt is reported with file, line and setting, once", async () => {
    const warnings: unknown[] = [];
    const path = folderOf({ "x.csv": "Item,2023\nPen,10\nCup,11\n" });
    const [stream] = await streamsOf({ files: [{ entity: "items", path }] }, (...args) => args[0] === "warning" && warnings.push(args));
    expect(Object.keys(properties(stream as never)).sort()).toEqual(["2023", "Item"]);
    expect(warnings).toEqual([
      ["warning", expect.stringMatching(/x.csv, line 1: the numbers in row 1 are years.*set header to 0/), "items"],
    ]);
  });

  test.each([
    [
      "a key it lacks",
      "id,name\n1,x\n",
      { keys: ["id", "nmae"] },
      {},
      "column_not_in_header",
      'key "nmae" is not a column of the file. Its columns are "id", "name"',
    ],
    ["a replication key it lacks", "id,name\n", { replication_key: "at" }, {}, "column_not_in_header", 'replication key "at"'],
    ["a metadata column", "id,_sdc_source_file\n", {}, { add_metadata_columns: true }, "header_name_reserved", "Column 2"],
  ])("%s", async (_, content, settings, config, code, words) => {
    const error = await failure(() => streamOf(content, settings, config));
    expect(error).toMatchObject({ code, position: { stream: "items", file: expect.stringContaining("items.csv") } });
    expect(error.message).toContain(words);
  });

  test("has a different name for every column, and changes are logged", async () => {
    const path = join(folderOf({ "items.csv": "a,,a\n1,2,3\n" }), "items.csv");
    const warnings: string[] = [];
    const settings = { entity: "items", path, header: 1, delimiter: "," };
    const [stream] = await streamsOf({ files: [settings] }, (level, message) => level === "warning" && warnings.push(message));
    expect(Object.keys(properties(stream as never))).toEqual(["a", "column_2", "a_2"]);
    expect(warnings).toEqual([expect.stringContaining("column 2 has no name"), expect.stringContaining('repeats the name "a"')]);
    expect((await read(stream as never)).rows).toEqual([{ a: 1, column_2: 2, a_2: 3 }]);
  });

  test("the error for a misspelled key suggests the right name", async () => {
    expect((await failure(() => streamOf("Invoice Number,b\n", { keys: ["invoice_number"] }))).hint).toBe('Did you mean "Invoice Number"?');
  });

  test("is the first line that is not blank; its names are kept", async () => {
    const stream = await streamOf('\n\r\n"a ""b""\nc", d,__proto__\n1,2,3\n');
    expect(Object.keys(properties(stream))).toEqual(['a "b"\nc', " d", "__proto__"]);
    expect((await read(stream)).text).toContain('"record":{"a \\"b\\"\\nc":1," d":2,"__proto__":3},');
  });
});

describe("files", () => {
  test("of a folder by name, without others", async () => {
    const folder = folderOf({
      "b.CSV": "n\n2\n",
      "a.txt": "n\n1\n",
      "c.tsv": "n\n3\n",
      ".d.csv": "x\n9\n",
      "e.json": "{}",
      "sub.csv/f.csv": "x\n9\n",
    });
    const [stream] = await streamsAt(folder);
    expect((await read(stream as never)).rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test("have columns matched by name: another order is fine, missing ones are null", async () => {
    const folder = folderOf({ "1.csv": "a,b,c\n1,2,x\n", "2.csv": "c,a\ny,3\n" });
    const [stream] = await streamsAt(folder);
    expect((await read(stream as never)).rows).toEqual([
      { a: 1, b: 2, c: "x" },
      { a: 3, b: null, c: "y" },
    ]);
  });

  test("may have columns that the first one lacks, but must have the keys", async () => {
    const folder = folderOf({ "1.csv": "a,b\n1,2\n", "2.csv": "a,z\n3,4\n" });
    const [stream] = await streamsAt(folder);
    expect((await read(stream as never)).rows).toEqual([
      { a: 1, b: 2, z: null },
      { a: 3, b: null, z: 4 },
    ]);
    const other = folderOf({ "1.csv": "a,b\n", "2.csv": "b\n" });
    expect(await failure(() => streamsAt(other, { keys: ["a"] }))).toMatchObject({
      code: "column_not_in_header",
      position: { file: join(other, "2.csv") },
    });
  });

  test.each([
    ["a missing one", {}, "none.csv", "file_missing", "config"],
    ["an empty one", { "a.csv": "" }, "a.csv", "file_empty", "data"],
    ["one of blank lines", { "a.csv": "\uFEFF\n\r\n\n" }, "a.csv", "file_empty", "data"],
    ["a folder without any", { "a.json": "" }, ".", "folder_without_csv", "config"],
    ["a path through a file", { "a.csv": "x\n" }, "a.csv/b.csv", "file_unreadable", "config"],
    ["one that is no CSV", { "a.csv": Uint8Array.of(0x50, 0x4b, 3, 4, 0xff) }, "a.csv", "file_unreadable", "config"],
  ])("%s is an error", async (_, files, path, code, kind) => {
    const folder = folderOf(files as Record<string, string>);
    const error = await failure(() => streamsAt(join(folder, path)));
    expect(error).toMatchObject({ code, class: kind, position: { stream: "items" } });
    expect(error.message + JSON.stringify(error.position)).toContain(folder);
  });

  test("an empty device is like an empty file", async () => {
    expect((await failure(() => streamsAt("/dev/null"))).code).toBe("file_empty");
  });

  test("one that may not be read is an error that names the user", async () => {
    const folder = folderOf({ "a.csv": "x\n", "closed/b.csv": "x\n" });
    mkdirSync(join(folder, "shut"));
    chmodSync(join(folder, "a.csv"), 0o000);
    for (const name of ["closed", "shut"]) chmodSync(join(folder, name), 0o000);
    chmodSync(folder, 0o755);
    for (const path of ["a.csv", "closed/b.csv", "shut"]) {
      const error = await asOrdinaryUser(() => failure(() => streamsAt(join(folder, path))));
      expect(error).toMatchObject({ code: "file_forbidden", class: "config" });
      expect(error.message).toContain(join(folder, path));
    }
  });

  /** root can read everything. */
  async function asOrdinaryUser<T>(run: () => Promise<T>): Promise<T> {
    if (process.geteuid?.() !== 0) return run();
    process.seteuid?.(65_534);
    try {
      return await run();
    } finally {
      process.seteuid?.(0);
    }
  }
});
