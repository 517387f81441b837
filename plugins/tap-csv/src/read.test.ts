import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkConfig, extract, isExactNumber } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { contextOf, failure, folderOf, properties, read, rowsOf, streamOf, streamsOf } from "../test/tap-run.ts";
import type { Config } from "./config.ts";
import tap from "./index.ts";

describe("rows", () => {
  test("become lines: head, the row, tail", async () => {
    const { text } = await read(await streamOf('id,name\n1,"a ""b"""\n2,\n3,""\n'));
    expect(text).toBe(
      ['{"id":1,"name":"a \\"b\\""}', '{"id":2,"name":null}', '{"id":3,"name":""}']
        .map((row) => `{"type":"RECORD","stream":"items","record":${row},"time_extracted":"2026-01-01T00:00:00.000Z"}\n`)
        .join(""),
    );
  });

  test("keep numbers digit for digit", async () => {
    const { text } = await read(await streamOf("i,d\n9007199254740993,12345678901234567.10\n-1,-0.5\n"));
    expect(text).toContain('{"i":9007199254740993,"d":12345678901234567.10}');
    expect(text).toContain('{"i":-1,"d":-0.5}');
  });

  test("and SCHEMA lines have the file's column order, also where names look like integers or a later file adds some", async () => {
    const folder = folderOf({ "a.csv": "Product,2025,2024\nPen,30,20\n", "b.csv": "2026,Product,1\n1,Cup,2\n" });
    const files = [{ entity: "s", path: join(folder, "*.csv"), header: 1 }].map((file) => ({ ...file, keys: ["Product"] }));
    const { config } = checkConfig<Config>("tap-csv", tap.config, { files, infer: "none" });
    let text = "";
    for await (const bytes of extract(tap, config)) text += Buffer.from(bytes);
    expect(text).toContain('"properties":{"Product":{"type":["null","string"]},"2025":{"type":["null","string"]},"2024":{');
    expect(text.match(/"record":\{[^}]*\}/g)).toEqual([
      '"record":{"Product":"Pen","2025":"30","2024":"20","2026":null,"1":null}',
      '"record":{"Product":"Cup","2025":null,"2024":null,"2026":"1","1":"2"}',
    ]);
  });

  test("keep line ends in cells and any control byte", async () => {
    const cells = ["a\nb\r\nc\rd", "\0\x01\x1f\x7f", "\t\b\f\\"];
    expect(await rowsOf(`x\n${cells.map((cell) => `"${cell}"\n`).join("")}`, { nul_bytes: "keep" })).toEqual(cells.map((x) => ({ x })));
  });

  test("have only the selected columns, in the order of the schema; the others are not read", async () => {
    const stream = await streamOf("a,b,c\n1,2,3\n", {}, { infer: "none" });
    const schema = { type: "object", properties: { c: { type: "integer" }, a: { type: "number" } } };
    expect((await read(stream, { columns: ["c", "a"], schema })).text).toContain('"record":{"c":3,"a":1}');
    expect((await read(stream, { columns: [], schema: {} })).rows).toEqual([{}]);
  });

  test("have null for a column of the catalog that no file has", async () => {
    const stream = await streamOf("a\n1\n");
    expect((await read(stream, { columns: ["z", "a", "y"] })).rows).toEqual(
      [{ z: null, a: "1", y: null }].map((row) => ({ ...row, a: 1 })),
    );
  });

  test("have their source when add_metadata_columns is set", async () => {
    const path = join(folderOf({ "a.csv": 'id\n\n"1"\n2\n' }), "a.csv");
    const [stream] = await streamsOf({ files: [{ entity: "items", path }], add_metadata_columns: true });
    expect(Object.keys(properties(stream as never))).toEqual(["_sdc_source_file", "_sdc_source_file_mtime", "_sdc_source_lineno", "id"]);
    const mtime = statSync(path).mtime.toISOString();
    const source = { _sdc_source_file: path, _sdc_source_file_mtime: mtime };
    expect((await read(stream as never)).rows).toEqual([
      { ...source, _sdc_source_lineno: 3, id: 1 },
      { ...source, _sdc_source_lineno: 4, id: 2 },
    ]);
  });

  test("are sent in pieces of about 256 KiB, each of whole lines", async () => {
    const stream = await streamOf(`id,text\n${Array.from({ length: 20_000 }, (_, i) => `${i},${"x".repeat(i % 100)}\n`).join("")}`);
    const sizes: number[] = [];
    let next = 0;
    for await (const chunk of stream.read(contextOf(stream))) {
      const { bytes, count } = chunk as { bytes: Uint8Array; count: number };
      const lines = Buffer.from(bytes).toString().split("\n");
      expect(lines.pop()).toBe("");
      expect(lines).toHaveLength(count);
      for (const line of lines) expect(JSON.parse(line).record).toEqual({ id: next, text: next++ % 100 === 0 ? null : expect.any(String) });
      sizes.push(bytes.length);
    }
    expect(next).toBe(20_000);
    for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThan(256 * 1024);
    expect(Math.max(...sizes)).toBeLessThan(260 * 1024);
  });

  test("may be far longer than the buffer", async () => {
    const long = `${'\0"'.repeat(300_000)}${"é".repeat(700_000)}`;
    const rows = await rowsOf(`id,x\n1,a\n2,"${long.replaceAll('"', '""')}"\n3,b\n4,"${long.replaceAll('"', '""')}"\n`, {
      nul_bytes: "keep",
    });
    expect(rows.map((row) => row.id)).toEqual([1, 2, 3, 4]);
    expect(rows[1]?.x === long && rows[3]?.x === long).toBe(true);
    expect(await failure(() => rowsOf(`x\n${"y".repeat(2000)}\n`, {}, { max_row_bytes: 1000 }))).toMatchObject({
      code: "row_over_budget",
      position: { line: 2 },
    });
  });

  test("end when the run is stopped", async () => {
    const stop = new AbortController();
    stop.abort();
    const stream = await streamOf(`id\n${"1\n".repeat(10)}`);
    expect((await read(stream, { signal: stop.signal })).rows.length).toBeLessThan(10);
  });
});

describe("a value that does not fit its column", () => {
  const dirty = (value: string) => `id,n\n${"1,2\n".repeat(1000)}7,${value}\n`;

  test("is reported with stream, file, line, column, value and type", async () => {
    const error = await failure(() => rowsOf(dirty("n/a"), { on_type_break: "fail" }));
    expect(error).toMatchObject({
      code: "value_unfit",
      class: "data",
      position: { stream: "items", file: expect.stringContaining("items.csv"), line: 1002, column: "n" },
    });
    expect(error.message).toBe('The value "n/a" is not an integer (within 64 bits, without leading zeros)');
    expect(error.hint).toContain("infer to full");
  });

  test("has no advice that was followed already", async () => {
    const stream = await streamOf(dirty("n/a"), { on_type_break: "fail" }, { infer: "full" });
    const schema = { type: "object", properties: { id: { type: "integer" }, n: { type: "integer" } } };
    expect((await failure(async () => (await read(stream, { schema })).rows)).hint).not.toContain("infer");
  });

  test("is cut to 40 characters", async () => {
    expect((await failure(() => rowsOf(dirty("\u{1F600}".repeat(60)), { on_type_break: "fail" }))).message).toContain(
      `"${"\u{1F600}".repeat(40)}…"`,
    );
  });

  test("makes the column a string under infer: full, and passes when the catalog has string", async () => {
    expect((await rowsOf(dirty("n/a"), {}, { infer: "full" })).at(-1)).toEqual({ id: 7, n: "n/a" });
    const schema = { type: "object", properties: { id: { type: "integer" }, n: { type: ["null", "string"] } } };
    expect((await read(await streamOf(dirty("n/a")), { schema })).rows.at(-1)).toEqual({ id: 7, n: "n/a" });
  });

  test.each([
    ["1,234.50", "n/a", "2,000.00", [1234.5, "n/a", "2000.00"]],
    ["31/01/2026", "soon", "01/02/2026", ["2026-01-31", "soon", "2026-02-01"]],
    [" 5.00", "?", " 6.00", [5, "?", "6.00"]],
    ["+5", "x", "+7", [5, "x", "7"]],
    ["TRUE", "x", "FALSE", [true, "x", "false"]],
    ["2026-01-31 10:00:00 UTC", "x", "2026-02-01 10:00:00 UTC", ["2026-01-31 10:00:00Z", "x", "2026-02-01 10:00:00Z"]],
    ["12", "12.5", "13", [12, 12.5, 13]],
  ])("changes the type and not the spelling: %s, %s, %s", async (usual, odd, later, expected) => {
    const warnings: string[] = [];
    const cell = (text: string): string => `a,"${text}"\n`;
    const stream = await streamOf(`id,x\n${cell(usual).repeat(1000)}${cell(odd)}${cell(later)}`);
    const { rows } = await read(stream, { log: (level, message) => level === "warning" && warnings.push(message) });
    expect(rows.slice(999).map(({ x }) => x)).toEqual(expected);
    expect(warnings).toEqual([expect.stringMatching(/items.csv, line 1002: .*column "x" is .*set infer to full/)]);
    expect(warnings[0]?.includes("a table may spell them differently")).toBe(typeof expected[2] === "string");
  });

  test("in quotes and empty is null", async () => {
    expect((await rowsOf(dirty('""'))).at(-1)).toEqual({ id: 7, n: null });
  });
});

describe("incremental", () => {
  const incremental = { replicationMethod: "INCREMENTAL" } as const;
  const content = "id,at\n1,2026-01-01T00:00:00Z\n2,2026-01-02T00:00:00Z\n3,\n4,2026-01-02T03:00:00+05:00\n";

  test("everything at first, with the largest value", async () => {
    const { rows, maximum } = await read(await streamOf(content, { replication_key: "at" }), incremental);
    expect([rows.length, maximum]).toEqual([4, "2026-01-02T00:00:00Z"]);
  });

  test("then rows at or past the bookmark, and those without a value", async () => {
    const stream = await streamOf(content, { replication_key: "at" });
    const ids = async (startValue: string) => (await read(stream, { ...incremental, startValue })).rows.map((row) => row.id);
    expect(await ids("2026-01-02T00:00:00Z")).toEqual([2, 3]);
    expect(await ids("2026-01-01T22:00:00.000000Z")).toEqual([2, 3, 4]);
    expect(await ids("2026-01-02")).toEqual([2, 3]);
    expect(await ids("2027-01-01T00:00:00Z")).toEqual([3]);
  });

  test("everything when the catalog has FULL_TABLE", async () => {
    const stream = await streamOf(content, { replication_key: "at" });
    expect(await read(stream, { startValue: "2027-01-01T00:00:00Z" })).toMatchObject({ rows: { length: 4 }, maximum: null });
  });

  test("with a key that only the catalog names", async () => {
    const { rows, maximum } = await read(await streamOf(content), { ...incremental, replicationKey: "id", startValue: 3 });
    expect([rows.map((row) => row.id), maximum]).toEqual([[3, 4], 4]);
  });

  test("numbers are compared and kept to the last digit", async () => {
    const stream = await streamOf("n\n9007199254740992\n9007199254740993\n12\n");
    const { rows, maximum } = await read(stream, { ...incremental, replicationKey: "n", startValue: "9007199254740993" });
    expect([rows.length, isExactNumber(maximum) && maximum.rawJSON]).toEqual([1, "9007199254740993"]);
    const small = await streamOf("n\n0.00000005\n0.0000002\n");
    expect((await read(small, { ...incremental, replicationKey: "n", startValue: 1e-7 })).rows).toEqual([{ n: 2e-7 }]);
  });

  test("text by code point, dates and booleans too", async () => {
    const stream = await streamOf("s,d,b\nb,2026-01-02,true\nB,2026-01-01,false\né,2025-12-31,TRUE\n");
    const past = async (replicationKey: string, startValue: string | boolean) => {
      const { rows, maximum } = await read(stream, { ...incremental, replicationKey, startValue });
      return [rows.map((row) => row[replicationKey]), maximum];
    };
    expect(await past("s", "b")).toEqual([["b", "é"], "é"]);
    expect(await past("d", "2026-01-01")).toEqual([["2026-01-02", "2026-01-01"], "2026-01-02"]);
    expect(await past("b", true)).toEqual([[true, true], true]);
  });

  test("a bookmark of another type is an error, never a guess", async () => {
    const stream = await streamOf("n,s,d\n1,x,2026-01-01\n");
    for (const [replicationKey, startValue] of [
      ["n", "abc"],
      ["s", 5],
      ["d", 20260101],
      ["n", { a: 1 }],
    ] as const) {
      const error = await failure(() => read(stream, { ...incremental, replicationKey, startValue: startValue as never }));
      expect(error).toMatchObject({ code: "bookmark_unusable", position: { stream: "items", column: replicationKey } });
    }
  });

  test("a value that does not fit the type of the key is an error even where it would be skipped", async () => {
    const stream = await streamOf(`n\n${"1\n".repeat(1000)}x\n`);
    expect((await failure(() => read(stream, { ...incremental, replicationKey: "n", startValue: 5 }))).code).toBe("value_unfit");
  });
});

describe("rejected rows", () => {
  const content = 'id,n\n1,a\n2\n3,b,c\n4,"d\n5,e\n';

  test("go to the rejects file with position and text, and are counted", async () => {
    const folder = folderOf({ "items.csv": content });
    const [stream] = await streamsOf({
      files: [{ entity: "items", path: join(folder, "items.csv"), quotechar: '"', on_bad_row: "reject" }],
      rejects: join(folder, "rejects.jsonl"),
    });
    let reported = 0;
    const { rows } = await read(stream as never, {
      rejected: (count) => {
        reported += count;
      },
    });
    expect(rows).toEqual([
      { id: 1, n: "a" },
      { id: 5, n: "e" },
    ]);
    expect(reported).toBe(3);
    const lines = readFileSync(join(folder, "rejects.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        id: expect.any(String),
        stream: "items",
        file: join(folder, "items.csv"),
        line: 3,
        code: "row_too_short",
        reason: expect.stringContaining("1 cell,"),
        raw: "2",
      },
      { stream: "items", file: join(folder, "items.csv"), line: 4, code: "row_too_long", reason: expect.any(String), raw: "3,b,c" },
      { stream: "items", file: join(folder, "items.csv"), line: 5, code: "quote_not_closed", reason: expect.any(String), raw: '4,"d' },
    ]);
  });

  test("keep every byte, even invalid text", async () => {
    const folder = folderOf({ "items.csv": Buffer.from("id,n\n1,a\n2,\xE9\n", "latin1") });
    const file = { entity: "items", path: join(folder, "items.csv"), encoding: "utf-8", bad_bytes: "reject" };
    const [stream] = await streamsOf({ files: [file], rejects: join(folder, "rejects.jsonl") });
    expect((await read(stream as never)).rows).toEqual([{ id: 1, n: "a" }]);
    const reject = JSON.parse(readFileSync(join(folder, "rejects.jsonl"), "utf8"));
    expect(reject).toMatchObject({ line: 3, column: "n", raw: "2,\uFFFD", raw_base64: Buffer.from("2,\xE9", "latin1").toString("base64") });
  });

  test("a rejects file that can't be written stops the run", async () => {
    const folder = folderOf({ "items.csv": content });
    const file = { entity: "items", path: join(folder, "items.csv"), on_bad_row: "reject" };
    const [stream] = await streamsOf({ files: [file], rejects: join(folder, "none", "rejects.jsonl") });
    expect(await failure(() => read(stream as never))).toMatchObject({ code: "rejects_unwritable", class: "config" });
  });

  test("bad bytes can be replaced, with a warning", async () => {
    const reported: string[] = [];
    const stream = await streamOf(Buffer.from(`id,n\n1,\xE9\n${"2,b\n".repeat(20_000)}3,\xFF\n`, "latin1"), {
      encoding: "utf-8",
      bad_bytes: "replace",
    });
    const { rows } = await read(stream, { log: (_, message) => reported.push(message) });
    expect([rows.length, rows[0], rows.at(-1)]).toEqual([20_002, { id: 1, n: "\uFFFD" }, { id: 3, n: "\uFFFD" }]);
    expect(reported).toEqual([expect.stringContaining("U+FFFD in 2 places")]);
  });
});

describe("with a catalog", () => {
  test("files are read with its dialect, and new columns extend the schema", async () => {
    const folder = folderOf({ "1.csv": "a;b\n1;x,y\n2;z\n" });
    const config = { files: [{ entity: "items", path: folder }] };
    const [stream] = await streamsOf(config);
    expect(stream?.metadata?.[0]).toMatchObject({ breadcrumb: [], metadata: { "tap-csv.dialect": { delimiter: ";", encoding: "utf-8" } } });
    writeFileSync(join(folder, "1.csv"), "a,b;c\n1;2\n");
    const { rows } = await read(stream as never);
    expect(rows).toEqual([{ a: null, b: null, "a,b": "1", c: "2" }]);
  });
});
