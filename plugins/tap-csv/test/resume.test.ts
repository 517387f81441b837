/** Kills and resumes runs of the whole tap; what a target keeps must equal the source, row by row. */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { checkConfig, discover, extract, type State } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import type { Config } from "../src/config.ts";
import tap from "../src/index.ts";
import { type Message, rowsIn, run } from "./kept-run.ts";
import { folderOf } from "./tap-run.ts";

/** Rows of more than a kilobyte with line ends in quotes, so that there are checkpoints inside the file. */
const longText = `"said ""x"",\n${"long ".repeat(200)}\r\n"`;
const rowText = (id: number): string => `${id},${longText},${id % 7}.50\n`;
const fileText = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, i) => rowText(from + i)).join("");

describe("a large file whose run is killed again and again", () => {
  test.each(["plain", "gzip", "utf-16"])("(%s) arrives with each row once", async (form) => {
    const text = `id,text,price\n${fileText(1, 50_000)}`;
    const bytes =
      form === "gzip" ? gzipSync(text, { level: 1 }) : form === "utf-16" ? Buffer.from(`\uFEFF${text}`, "utf16le") : Buffer.from(text);
    const path = join(folderOf({ "items.csv": bytes }), "items.csv");
    const config = { files: [{ entity: "items", path, keys: ["id"] }] };
    let state: State | undefined;
    const kept: Message[] = [];
    let runs = 0;
    for (const pieces of [80, 3, 80, 75, 100, Number.POSITIVE_INFINITY]) {
      const result = await run(config, { state, pieces });
      kept.push(...result.kept);
      state = result.state;
      runs++;
      if (result.isWhole) break;
    }
    expect(runs).toBeGreaterThan(3);
    const rows = rowsIn(kept);
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 50_000 }, (_, i) => i + 1));
    const wanted = longText.slice(1, -1).replaceAll('""', '"');
    expect(rows.every(({ id, text, price }) => text === wanted && price === (Number(id) % 7) + 0.5)).toBe(true);
    expect(rowsIn((await run(config, { state })).kept)).toEqual([]);
  });
});

test("a STATE is sent every 4 MiB of output, also inside a buffer of short rows with long names", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `a_rather_long_name_of_column_${i}`);
  const path = join(folderOf({ "items.csv": `${names}\n${`${names.map((_, i) => i)}\n`.repeat(20_000)}` }), "items.csv");
  const { config } = checkConfig<Config>("tap-csv", tap.config, { files: [{ entity: "items", path }] }, tap.aliases);
  let sinceState = 0;
  const gaps: number[] = [];
  for await (const bytes of extract(tap, config)) {
    sinceState += bytes.length;
    if (!Buffer.from(bytes).toString("latin1").startsWith('{"type":"STATE"')) continue;
    gaps.push(sinceState);
    sinceState = 0;
  }
  expect(gaps.length).toBeGreaterThan(3);
  expect(Math.max(...gaps)).toBeLessThan(4.5 * 1024 * 1024);
});

test("appended rows have their line number", async () => {
  const folder = folderOf({ "items.csv": 'id,text\n1,"a\nb"\n2,c\n' });
  const path = join(folder, "items.csv");
  const config = { files: [{ entity: "items", path }], add_metadata_columns: true };
  const { state } = await run(config);
  appendFileSync(path, "3,d\n\n4,e\n");
  expect(rowsIn((await run(config, { state })).kept)).toMatchObject([
    { id: 3, _sdc_source_lineno: 5 },
    { id: 4, _sdc_source_lineno: 7 },
  ]);
});

test("a replication key may have another date format", async () => {
  const folder = folderOf({ "items.csv": "id,day\n1,30/01/2026\n2,01/02/2026\n3,31/01/2026\n" });
  const config = { files: [{ entity: "items", path: join(folder, "items.csv"), replication_key: "day" }] };
  const { state } = await run(config);
  expect(state?.bookmarks?.items).toEqual({ replication_key: "day", replication_key_value: "2026-02-01", settings: {} });
  writeFileSync(join(folder, "items.csv"), "id,day\n4,31/01/2026\n5,01/02/2026\n6,2/2/2026\n");
  expect(rowsIn((await run(config, { state })).kept)).toEqual([
    { id: 5, day: "2026-02-01" },
    { id: 6, day: "2026-02-02" },
  ]);
});

test("a complete export without a row deletes that row; if nothing changed, nothing is sent", async () => {
  const folder = folderOf({ "a.csv": "id\n1\n2\n", "b.csv": "id\n3\n" });
  const config = { files: [{ entity: "items", path: folder, keys: ["id"], detect_deletes: true }] };
  const first = await run(config);
  const version = first.kept.find(({ type }) => type === "ACTIVATE_VERSION")?.version;
  expect(first.kept.filter(({ type }) => type === "RECORD").map((message) => message.version)).toEqual([version, version, version]);
  expect((await run(config, { state: first.state })).kept.map(({ type }) => type)).toEqual(["SCHEMA", "STATE"]);
  writeFileSync(join(folder, "a.csv"), "id\n1\n");
  const second = await run(config, { state: first.state });
  expect(rowsIn(second.kept)).toEqual([{ id: 1 }, { id: 3 }]);
  expect(second.kept.find(({ type }) => type === "ACTIVATE_VERSION")?.version).toBeGreaterThan(version as number);
});

describe("a value that breaks a type guessed from the first rows", () => {
  const header = "id,amount,day\n";
  const plainRows = Array.from({ length: 1500 }, (_, i) => `${i},${i},31/01/2026\n`).join("");

  test("widens it, with each row once and values in the spelling of the rows before", async () => {
    const path = join(folderOf({ "items.csv": `${header}${plainRows}a,1.25,soon\n1501,n/a,01/02/2026\n` }), "items.csv");
    const messages: string[] = [];
    const { kept } = await run(
      { files: [{ entity: "items", path }] },
      { log: (level, message) => level === "warning" && messages.push(message) },
    );
    const rows = rowsIn(kept);
    expect(rows).toHaveLength(1502);
    expect(rows[1499]).toEqual({ id: 1499, amount: 1499, day: "2026-01-31" });
    expect(rows[1500]).toEqual({ id: "a", amount: 1.25, day: "soon" });
    expect(rows[1501]).toEqual({ id: "1501", amount: "n/a", day: "2026-02-01" });
    const types = kept
      .filter(({ type }) => type === "SCHEMA")
      .map(({ schema }) => Object.values(schema.properties).map(({ type }) => type[1]));
    expect([types[0], types.at(-1)]).toEqual([
      ["integer", "integer", "string"],
      ["string", "string", "string"],
    ]);
    expect(kept.indexOf(kept.findLast(({ type }) => type === "SCHEMA") as Message)).toBeGreaterThan(1500);
    expect(messages).toHaveLength(4);
  });

  test("rejects the row if that is set", async () => {
    const path = join(folderOf({ "items.csv": `${header}${plainRows}x,1,31/01/2026\n1501,1,31/01/2026\n` }), "items.csv");
    const { kept } = await run({ files: [{ entity: "items", path, on_type_break: "reject" }] });
    expect(rowsIn(kept)).toHaveLength(1501);
  });
});

describe("a run with a discovered catalog", () => {
  const csv = 'id,day,price,open\n1,31/01/2026,"1.234,50 €",01/02/26\n';

  test("reads values in the formats from discovery, without detecting them again", async () => {
    const path = join(folderOf({ "items.csv": csv }), "items.csv");
    const config = { files: [{ entity: "items", path }] };
    const messages: string[] = [];
    const { config: checked } = checkConfig<Config>("tap-csv", tap.config, config, tap.aliases);
    const catalog = JSON.parse(JSON.stringify(discover(await tap.streams(checked, undefined, (_, message) => messages.push(message)))));
    expect(messages.filter((message) => message.includes("column"))).toEqual([
      expect.stringContaining('"id" is integer'),
      expect.stringContaining('"day" is date in the format %d/%m/%Y ('),
      expect.stringContaining('"price" is decimal in the format 1.234,56 € ('),
      expect.stringMatching(/items.csv, line 2: column "open" is text because of "01\/02\/26": .*set the type and format in columns/),
    ]);
    writeFileSync(path, `${csv}2,01/02/2026,"3,00 €",x\n`);
    expect(rowsIn((await run(config, { catalog })).kept)).toEqual([
      { id: 1, day: "2026-01-31", price: 1234.5, open: "01/02/26" },
      { id: 2, day: "2026-02-01", price: 3, open: "x" },
    ]);
    writeFileSync(path, `${csv}x,01/02/2026,"3,00 €",x\n`);
    await expect(run(config, { catalog })).rejects.toMatchObject({ code: "value_unfit", position: { line: 3, column: "id" } });
  });
});
