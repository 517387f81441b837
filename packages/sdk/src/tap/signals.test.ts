import { type Json, type JsonSchema, metadataAt, parseExact, type Row, Type } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import {
  activate,
  type Chunk,
  checkpoint,
  Lines,
  partialRow,
  type ReadContext,
  replaceSource,
  rowVersion,
  type Stream,
  schemaChange,
} from "./define.ts";
import { defineTap } from "./define-tap.ts";
import { catalogEntry } from "./discover.ts";
import { type ExtractOptions, extract } from "./extract.ts";
import { takesPartialRows } from "./partial-row.ts";

const narrow: JsonSchema = { type: "object", properties: { id: { type: "integer" }, name: { type: "string" } } };
const wide: JsonSchema = { type: "object", properties: { ...narrow.properties, price: { type: "number" } } };

interface Sent {
  type: string;
  [field: string]: Json;
}

async function messages(stream: Partial<Stream> & Pick<Stream, "read">, options: ExtractOptions = {}): Promise<Sent[]> {
  const streams = [{ name: "items", schema: narrow, keys: ["id"], ...stream }];
  const tap = defineTap({ name: "tap-test", version: "0", description: "", config: Type.Object({}), streams: () => streams });
  let text = "";
  for await (const bytes of extract(tap, {}, options)) text += Buffer.from(bytes).toString();
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => parseExact(line) as Sent);
}

function linesOf(context: ReadContext, ...records: string[]): Lines {
  return new Lines(Buffer.concat(records.flatMap((record) => [context.head, Buffer.from(record), context.tail()])), records.length);
}

describe("a schema change", () => {
  test("sends SCHEMA between the rows before and after it, and the new column in these", async () => {
    const sent = await messages({
      *read() {
        yield { id: 1, name: "a", price: 5 };
        yield schemaChange(wide);
        yield { id: 2, name: "b", price: 6 };
      },
    });
    expect(sent.map(({ type, record }) => record ?? type)).toEqual([
      "SCHEMA",
      { id: 1, name: "a" },
      "SCHEMA",
      { id: 2, name: "b", price: 6 },
      "STATE",
    ]);
    expect(sent[2]).toMatchObject({ stream: "items", schema: wide, key_properties: ["id"] });
  });

  test("is in the context when a tap of Lines continues", async () => {
    const sent = await messages({
      *read(context) {
        const row = () => linesOf(context, JSON.stringify(Object.fromEntries(context.columns.map((name) => [name, 1]))));
        yield row();
        yield schemaChange(wide);
        expect(context.schema).toEqual(wide);
        yield row();
      },
    });
    expect(sent.map(({ type, record }) => record ?? type)).toEqual([
      "SCHEMA",
      { id: 1, name: 1 },
      "SCHEMA",
      { id: 1, name: 1, price: 1 },
      "STATE",
    ]);
  });

  test("keeps the catalog's selection: a column that was left out stays out, a new one is selected", async () => {
    const read = function* () {
      yield { id: 1, name: "a" };
      yield schemaChange({ ...wide, properties: { ...wide.properties, name: { type: "integer" } } });
      yield { id: 2, name: "b", price: 6 };
    };
    const entry = catalogEntry({ name: "items", schema: narrow, keys: ["id"], read });
    Object.assign(entry.metadata.find(({ breadcrumb }) => breadcrumb[1] === "name")?.metadata ?? {}, { selected: false });
    const sent = await messages({ read }, { catalog: { streams: [entry] } });
    expect(sent.filter(({ type }) => type === "RECORD").map(({ record }) => record)).toEqual([{ id: 1 }, { id: 2, price: 6 }]);
  });

  test("without effect on what is selected sends nothing", async () => {
    const sent = await messages({
      *read() {
        yield schemaChange(structuredClone(narrow));
      },
    });
    expect(sent.map(({ type }) => type)).toEqual(["SCHEMA", "STATE"]);
  });
});

describe("versions", () => {
  test("are in rows after rowVersion, encoded by the SDK or by the tap, and ACTIVATE_VERSION is where it was yielded", async () => {
    const sent = await messages({
      *read(context) {
        yield { id: 1 };
        yield rowVersion(7);
        yield { id: 2 };
        yield linesOf(context, '{"id":3}');
        yield activate(7);
        yield rowVersion(undefined);
        yield { id: 4 };
      },
    });
    expect(sent.slice(1).map(({ type, record, version }) => [type, record, version])).toEqual([
      ["RECORD", { id: 1 }, undefined],
      ["RECORD", { id: 2 }, 7],
      ["RECORD", { id: 3 }, 7],
      ["ACTIVATE_VERSION", undefined, 7],
      ["RECORD", { id: 4 }, undefined],
      ["STATE", undefined, undefined],
    ]);
    expect(sent[4]).toEqual({ type: "ACTIVATE_VERSION", stream: "items", version: 7 });
  });
});

test("REPLACE_SOURCE is after the rows before it, and before the rows that replace others", async () => {
  const sent = await messages({
    *read() {
      yield { id: 1 };
      yield replaceSource("file", "a.csv");
      yield { id: 2 };
    },
  });
  expect(sent.slice(1)).toMatchObject([
    { record: { id: 1 } },
    { type: "REPLACE_SOURCE", stream: "items", column: "file", value: "a.csv" },
    { record: { id: 2 } },
    { type: "STATE" },
  ]);
});

describe("partial rows", () => {
  const target = (load_method: string | null, ...capabilities: string[]) => ({ target: { capabilities, load_method } });
  const read = (row: Row, unchanged: string[], options: ExtractOptions = {}) =>
    messages({ read: () => [partialRow(row, unchanged)] }, options);

  test("carry the names of the selected columns that are unchanged beside the record", async () => {
    expect((await read({ id: 1 }, ["name"]))[1]).toEqual({
      type: "RECORD",
      stream: "items",
      record: { id: 1 },
      unchanged: ["name"],
      time_extracted: expect.any(String),
    });
    const entry = catalogEntry({ name: "items", schema: narrow, keys: ["id"], read: () => [] });
    const metadata = [
      { breadcrumb: [], metadata: { selected: true } },
      { breadcrumb: ["properties", "name"], metadata: { selected: false } },
    ];
    const catalog = { streams: [{ ...entry, metadata }] };
    expect((await read({ id: 1 }, ["name"], { catalog }))[1]).toEqual({
      type: "RECORD",
      stream: "items",
      record: { id: 1 },
      time_extracted: expect.any(String),
    });
  });

  test.each<[string, Row, string]>([
    ["is no column", { id: 1 }, "nam"],
    ["is a key", {}, "id"],
    ["is in the row", { id: 1, name: null }, "name"],
  ])("a name that %s is an error", async (why, row, name) => {
    const failed = await read(row, [name]).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "partial_row_invalid", message: expect.stringContaining(why), position: { column: name } });
  });

  test("are an error where the target is known not to keep values", async () => {
    const refusal = { code: "partial_rows_unsupported", position: { stream: "items" } };
    for (const options of [target(null), target("append-only", "partial-records")]) {
      expect(await read({ id: 1 }, ["name"], options).catch((error: unknown) => error)).toMatchObject(refusal);
      expect(takesPartialRows(options.target)).toBe(false);
    }
    const takes = target("upsert", "partial-records");
    expect((await read({ id: 1 }, ["name"], takes))[1]).toMatchObject({ unchanged: ["name"] });
    expect([takesPartialRows(takes.target), takesPartialRows(undefined)]).toEqual([true, undefined]);
    const keyless = messages({ keys: [], read: () => [partialRow({ id: 1 }, ["name"])] });
    expect(await keyless.catch((error: unknown) => error)).toMatchObject(refusal);
  });
});

test("with a replication key, a checkpoint after the last row is the bookmark; before it, the SDK's bookmark follows", async () => {
  const bookmarks = async (...chunks: Chunk[]): Promise<unknown> =>
    (await messages({ replicationKey: "id", read: () => chunks })).at(-1)?.value;
  const last = { replication_key: "id", replication_key_value: 2, settings: {} };
  expect(await bookmarks({ id: 2 }, checkpoint(last))).toEqual({ bookmarks: { items: last } });
  expect(await bookmarks({ id: 2 }, checkpoint(last), { id: 3 })).toEqual({
    bookmarks: { items: { replication_key: "id", replication_key_value: 3 } },
  });
});

test("rows, lines and checkpoints arrive in the order they were yielded", async () => {
  const sent = await messages({
    *read(context) {
      yield { id: 1 };
      yield linesOf(context, '{"id":2}');
      yield checkpoint({ at: 2 });
      yield linesOf(context, '{"id":3}');
      yield checkpoint({ at: 3 });
    },
  });
  expect(sent.slice(1).map(({ record, value }) => record ?? value)).toEqual([
    { id: 1 },
    { id: 2 },
    { bookmarks: { items: { at: 2 } } },
    { id: 3 },
    { bookmarks: { items: { at: 3 } } },
    { bookmarks: { items: { at: 3 } } },
  ]);
});

describe("a stream that is INCREMENTAL by its own checkpoints", () => {
  const own: Partial<Stream> & Pick<Stream, "read"> = {
    replicationMethod: "INCREMENTAL",
    *read({ replicationMethod, state }) {
      yield { id: 1, name: `${replicationMethod} ${JSON.stringify(state)}` };
      yield checkpoint({ page: 2 });
    },
  };

  test("needs no replication key, and gets its state back", async () => {
    const sent = await messages(own, { state: { bookmarks: { items: { page: 1 } } } });
    expect(sent[0]).not.toHaveProperty("bookmark_properties");
    expect(sent[1]).toMatchObject({ record: { name: 'INCREMENTAL {"page":1}' } });
    expect(sent.at(-1)).toMatchObject({ value: { bookmarks: { items: { page: 2 } } } });
  });

  test("is read as FULL_TABLE where a catalog asks for it", async () => {
    const entry = catalogEntry({ name: "items", schema: narrow, ...own });
    expect(entry.replication_method).toBe("INCREMENTAL");
    const sent = await messages(own, { catalog: { streams: [{ ...entry, replication_method: "FULL_TABLE" }] } });
    expect(sent[1]).toMatchObject({ record: { name: "FULL_TABLE {}" } });
  });
});

test("the metadata of a catalog reaches the stream's read", async () => {
  let seen: Json | undefined;
  const read = function* (context: ReadContext) {
    seen = metadataAt(context, []).dialect;
    yield { id: 1 };
  };
  const metadata = [{ breadcrumb: [], metadata: { dialect: "excel" } }];
  await messages({ read, metadata });
  expect(seen).toBe("excel");
  const entry = catalogEntry({ name: "items", schema: narrow, read, metadata: [{ breadcrumb: [], metadata: { dialect: "unix" } }] });
  await messages({ read, metadata }, { catalog: { streams: [entry] } });
  expect(seen).toBe("unix");
});

test("rejected and skipped rows and messages arrive with the stream's name", async () => {
  const seen: unknown[] = [];
  await messages(
    {
      *read(context) {
        context.log("info", "delimiter is ;");
        context.rejected(2, { position: { line: 7 } });
        context.skipped(3);
        yield { id: 1 };
      },
    },
    { onReject: (...args) => seen.push(args), onSkip: (...args) => seen.push(args), log: (...args) => seen.push(args) },
  );
  expect(seen).toEqual([
    ["info", "delimiter is ;", "items"],
    ["items", 2, { position: { line: 7 } }],
    ["items", 3],
  ]);
});
