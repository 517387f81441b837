import type { CatalogStream, Json, Row, State, TaplineError } from "@tapline/protocol";
import { orderedEntries, orderedObject, parseOrdered, stringifyOrdered, Type } from "@tapline/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareValues } from "./bookmark.ts";
import { checkpoint, Lines, type ReadContext, type Stream, schemaChange } from "./define.ts";
import { defineTap } from "./define-tap.ts";
import { catalogEntry, discover } from "./discover.ts";
import { type ExtractOptions, extract } from "./extract.ts";

const schema = {
  type: "object",
  properties: { id: { type: "integer" }, name: { type: ["null", "string"] }, at: { type: "string", format: "date-time" } },
};

function tapOf(...streams: Stream[]) {
  return defineTap({ name: "tap-test", version: "0", description: "", config: Type.Object({}), streams: () => streams });
}

interface Sent {
  type: string;
  stream?: string;
  record?: Row;
  value?: Json;
  [field: string]: unknown;
}

async function messages(streams: Stream[], options: ExtractOptions = {}): Promise<Sent[]> {
  let text = "";
  for await (const bytes of extract(tapOf(...streams), {}, options)) text += Buffer.from(bytes).toString();
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const items = (rows: Iterable<Row>, more: Partial<Stream> = {}): Stream => ({
  name: "items",
  schema,
  keys: ["id"],
  read: () => rows as Iterable<Row>,
  ...more,
});

test("columns that a catalog of older days lacks are named", async () => {
  const { at: _, ...properties } = schema.properties;
  const catalog = { streams: [{ ...catalogEntry(items([])), schema: { ...schema, properties } }] };
  const warnings: string[] = [];
  const sent = await messages([items([{ id: 1, name: "a", at: "2026-01-05T00:00:00Z" }])], {
    catalog,
    log: (_level, text) => warnings.push(text),
  });
  expect(sent[1]?.record).toEqual({ id: 1, name: "a" });
  expect(warnings).toEqual(['stream "items" has columns that its catalog lacks, so they are not sent: "at"; discover it anew']);
});

test.each([null, 5, "x"])("a bookmark %j in the state is none: the stream is read from its start", async (bookmark) => {
  const states: unknown[] = [];
  const rows = [{ id: 1 }, { id: 2 }];
  const stream = items(rows, {
    replicationKey: "id",
    *read({ state, startValue }) {
      states.push(state, startValue);
      yield* rows;
    },
  });
  const sent = await messages([stream], { state: { bookmarks: { items: bookmark } } as unknown as State });
  expect(states).toEqual([{}, null]);
  expect(sent.filter(({ type }) => type === "RECORD").map(({ record }) => record)).toEqual(rows);
  expect(sent.at(-1)?.value).toEqual({ bookmarks: { items: { replication_key: "id", replication_key_value: 2 } } });
});

test("columns whose names look like integers keep their order: in the catalog, the SCHEMA line and rows", async () => {
  const names = ["Product", "2025", "2024"];
  const years: Stream = {
    name: "years",
    schema: { properties: orderedObject(names.map((name) => [name, { type: ["null", "integer", "string"] }])) },
    async *read(context) {
      yield { 2024: 20, 2025: 30, Product: "Pen" };
      yield schemaChange({ properties: orderedObject([["2026", {}], ...orderedEntries(context.schema.properties ?? {})]) });
      yield { 2024: 20, 2025: 30, Product: "Pen", 2026: 1 };
    },
  };
  const text = stringifyOrdered(discover([years]));
  expect(text).toContain('{"Product":{"type":["null","integer","string"]},"2025":{');
  const catalog = parseOrdered(text) as { streams: CatalogStream[] };
  expect(catalog.streams[0]?.metadata.map(({ breadcrumb }) => breadcrumb[1])).toEqual([undefined, ...names]);
  for (const options of [{}, { catalog }]) {
    let lines = "";
    for await (const bytes of extract(tapOf(years), {}, options)) lines += Buffer.from(bytes);
    const [schema, row, next, last] = lines.split("\n");
    expect(schema).toMatch(/"Product":\{.*"2025":\{.*"2024":\{/);
    expect(row).toContain('"record":{"Product":"Pen","2025":30,"2024":20}');
    expect(next).toMatch(/"2026":\{.*"Product":\{.*"2025":\{.*"2024":\{/);
    expect(last).toContain('"record":{"2026":1,"Product":"Pen","2025":30,"2024":20}');
  }
});

describe("a stream's messages", () => {
  test("SCHEMA, its records with the time of extraction, STATE at the end", async () => {
    const sent = await messages([
      items([
        { id: 1, name: "a" },
        { id: 2, name: null },
      ]),
    ]);
    expect(sent.map((m) => m.type)).toEqual(["SCHEMA", "RECORD", "RECORD", "STATE"]);
    expect(sent[0]).toMatchObject({ stream: "items", key_properties: ["id"], schema });
    expect(sent[1]).toMatchObject({ stream: "items", record: { id: 1, name: "a" }, time_extracted: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(sent[3]?.value).toEqual({ bookmarks: { items: {} } });
  });

  test("a row, an array of rows, encoded lines and generators of either give the same lines", async () => {
    const rows = [{ id: 1 }, { id: 2 }];
    const kinds: Stream["read"][] = [
      () => rows,
      () => [rows],
      async function* () {
        yield* rows;
      },
      function* (context: ReadContext) {
        const line = (row: Row) => Buffer.concat([context.head, Buffer.from(JSON.stringify(row)), context.tail()]);
        yield new Lines(Buffer.concat(rows.map(line)), 2);
      },
    ];
    for (const read of kinds) {
      expect((await messages([items([], { read })])).filter((m) => m.type === "RECORD").map((m) => m.record)).toEqual(rows);
    }
  });

  test("bigint, Date, bytes and exact numbers keep what they hold; NaN and half characters are errors with their place", async () => {
    const wide = { properties: { a: {}, b: {}, c: {}, d: {} } };
    let text = "";
    const row = { a: 9007199254740993n, b: new Date(0), c: new Uint8Array([1, 2]), d: JSON.parse('{"x":[1]}') };
    for await (const bytes of extract(tapOf({ name: "s", schema: wide, read: () => [row] }), {})) text += Buffer.from(bytes);
    expect(text).toContain('"record":{"a":9007199254740993,"b":"1970-01-01T00:00:00.000Z","c":"AQI=","d":{"x":[1]}}');
    for (const bad of [Number.NaN, "\ud800", () => 1]) {
      await expect(messages([{ name: "s", schema: wide, read: () => [{ a: bad }] }])).rejects.toMatchObject({
        code: "value_unencodable",
        position: { stream: "s", column: "a" },
      });
    }
  });

  test("what is held back is sent when the producer makes us wait", async () => {
    let release = () => {};
    const read = async function* () {
      yield { id: 1 };
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      yield { id: 2 };
    };
    const seen: string[] = [];
    for await (const bytes of extract(tapOf(items([], { read })), {})) {
      seen.push(Buffer.from(bytes).toString());
      if (seen.length === 2) release();
    }
    expect(seen[1]).toContain('{"id":1}');
    expect(seen[2]).toContain('{"id":2}');
  });

  test("a column that the schema lacks is reported once", async () => {
    const warnings: string[] = [];
    await messages(
      [
        items([
          { id: 1, nmae: "x" },
          { id: 2, nmae: "y" },
        ]),
      ],
      { log: (_level, m) => warnings.push(m) },
    );
    expect(warnings).toEqual([expect.stringContaining('"nmae"')]);
  });

  test("a stop ends after the piece under way, without the STATE of the end", async () => {
    const stop = new AbortController();
    const read = function* () {
      yield { id: 1 };
      stop.abort();
      yield { id: 2 };
    };
    expect((await messages([items([], { read })], { signal: stop.signal })).map((m) => m.type)).toEqual(["SCHEMA", "RECORD"]);
  });
});

describe("bookmarks", () => {
  const rows = [
    { id: 1, at: "2026-01-01T00:00:00Z" },
    { id: 2, at: "2026-01-03T00:00:00Z" },
    { id: 3, at: "2026-01-02T00:00:00Z" },
  ];
  const incremental = (more: Partial<Stream> = {}) => items(rows, { replicationKey: "at", ...more });

  test("INCREMENTAL keeps the largest value and next time sends what is at or past it", async () => {
    const first = await messages([incremental()]);
    const state = first.at(-1)?.value as State;
    expect(state).toEqual({ bookmarks: { items: { replication_key: "at", replication_key_value: "2026-01-03T00:00:00Z" } } });
    const second = await messages([incremental()], { state });
    expect(second.filter((m) => m.type === "RECORD").map((m) => m.record?.id)).toEqual([2]);
    expect(second.at(-1)?.value).toEqual(state);
  });

  test("a sorted stream has bookmarks on the way, an unsorted one only at the end", async () => {
    const many = Array.from({ length: 25_000 }, (_, i) => ({ id: i, at: new Date(i * 1000).toISOString() }));
    const states = async (sorted: boolean) =>
      (await messages([incremental({ read: () => many, sorted })])).filter((m) => m.type === "STATE").length;
    expect([await states(true), await states(false)]).toEqual([3, 1]);
  });

  test("a checkpoint becomes the stream's bookmark at once and is its state in the next run", async () => {
    const read = function* () {
      yield { id: 1 };
      yield checkpoint({ page: 2 });
      yield { id: 2 };
    };
    const sent = await messages([items([], { read })]);
    expect(sent.map((m) => m.type)).toEqual(["SCHEMA", "RECORD", "STATE", "RECORD", "STATE"]);
    expect(sent[2]?.value).toEqual({ bookmarks: { items: { page: 2 } } });
    let got: unknown;
    await messages(
      [
        items([], {
          read: (context) => {
            got = context.state;
            return [];
          },
        }),
      ],
      { state: sent[2]?.value as State },
    );
    expect(got).toEqual({ page: 2 });
  });

  test("other streams' bookmarks and foreign fields of the state are kept", async () => {
    const state = { bookmarks: { other: { a: 1 } }, currently_syncing: "x" };
    expect((await messages([items([])], { state })).at(-1)?.value).toEqual({
      bookmarks: { other: { a: 1 }, items: {} },
      currently_syncing: "x",
    });
  });

  test("values are compared as what they are", () => {
    const instant = fc.date({ min: new Date("1900-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        const raw = (n: bigint) => (JSON as unknown as { rawJSON(t: string): unknown }).rawJSON(n.toString());
        expect(compareValues(raw(a), raw(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
    fc.assert(
      fc.property(instant, instant, fc.integer({ min: -14, max: 14 }), (a, b, zone) => {
        const shifted = new Date(a.getTime() + zone * 3_600_000)
          .toISOString()
          .replace("Z", `${zone < 0 ? "-" : "+"}${String(Math.abs(zone)).padStart(2, "0")}:00`);
        expect(compareValues(shifted, b.toISOString())).toBe(Math.sign(a.getTime() - b.getTime()));
      }),
    );
    expect(compareValues("2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00.123456Z")).toBe(1);
    expect(compareValues(null, "")).toBe(-1);
    expect(compareValues("\u{1F600}", "\uFFFD")).toBe(1);
  });
});

describe("catalog and selection", () => {
  const edit = (change: (entry: CatalogStream) => void) => {
    const catalog = structuredClone(discover([items([{ id: 1, name: "a", at: "x" }])]));
    change(catalog.streams[0] as CatalogStream);
    return catalog;
  };
  const columns = async (catalog: unknown) =>
    Object.keys((await messages([items([{ id: 1, name: "a", at: "x" }])], { catalog })).find((m) => m.type === "RECORD")?.record ?? {});
  const select = (name: string, selected: boolean) => (entry: CatalogStream) => {
    const metadata = entry.metadata.find((m) => m.breadcrumb.at(-1) === name)?.metadata;
    if (metadata) metadata.selected = selected;
  };

  test("a discovered catalog selects everything, unedited", async () => {
    expect(await columns(edit(() => {}))).toEqual(["id", "name", "at"]);
  });

  test("a deselected column is not sent; a key is, whatever is selected", async () => {
    expect(await columns(edit(select("name", false)))).toEqual(["id", "at"]);
    expect(await columns(edit(select("id", false)))).toEqual(["id", "name", "at"]);
  });

  test("a deselected stream, and inclusion: unsupported", async () => {
    const off = edit((entry) => {
      (entry.metadata[0] as { metadata: object }).metadata = { selected: false };
    });
    expect(await messages([items([{ id: 1 }])], { catalog: off })).toEqual([]);
    expect(
      await columns(
        edit((e) => {
          Object.assign(e.metadata.find((m) => m.breadcrumb.at(-1) === "at")?.metadata ?? {}, { inclusion: "unsupported" });
        }),
      ),
    ).toEqual(["id", "name"]);
  });

  test.each(["replication-method", "replication_method"])("%s in the catalog is read, at entry and metadata level", async (spelling) => {
    const catalog = edit((entry) => {
      delete entry.replication_method;
      Object.assign(entry, { [spelling]: "INCREMENTAL", replication_key: "at" });
    });
    expect((await messages([items([{ id: 1, at: "2026-01-01" }])], { catalog })).at(-1)?.value).toEqual({
      bookmarks: { items: { replication_key: "at", replication_key_value: "2026-01-01" } },
    });
  });

  test("a stream the tap does not offer, a catalog without streams", async () => {
    const failure = (catalog: unknown) => messages([items([])], { catalog }).catch((error: TaplineError) => error.code);
    expect(
      await failure(
        edit((e) => {
          e.tap_stream_id = "nope";
        }),
      ),
    ).toBe("stream_not_offered");
    expect(await failure({})).toBe("catalog_invalid");
  });

  test("a tap receives the streams that a catalog selects, so that it need not look at others", async () => {
    const received: unknown[] = [];
    const tap = defineTap({
      name: "tap-test",
      version: "0",
      description: "",
      config: Type.Object({}),
      streams(_, wanted) {
        received.push(wanted && [...wanted]);
        return [items([])];
      },
    });
    for await (const _ of extract(tap, {}));
    for await (const _ of extract(tap, {}, { catalog: edit(() => {}) }));
    expect(received).toEqual([undefined, ["items"]]);
  });

  test("keys and the replication key are automatic", () => {
    const entry = catalogEntry(items([], { replicationKey: "at" }));
    const inclusion = Object.fromEntries(entry.metadata.slice(1).map((m) => [m.breadcrumb[1], m.metadata.inclusion]));
    expect(inclusion).toEqual({ id: "automatic", name: "available", at: "automatic" });
    expect(entry).toMatchObject({ replication_method: "INCREMENTAL", replication_key: "at" });
  });
});
