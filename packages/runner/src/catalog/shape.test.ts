import { type Catalog, metadataAt } from "@tapline/protocol";
import { expect, test } from "vitest";
import { type CatalogRules, hasRules, selectedStreams, shapeCatalog } from "./shape.ts";

const column = { type: ["string", "null"] };
const orders = {
  tap_stream_id: "orders",
  schema: {
    type: "object",
    properties: { id: column, total: column, note: column, customer: { type: "object", properties: { name: column, email: column } } },
  },
  key_properties: ["id"],
  metadata: [
    { breadcrumb: [], metadata: { inclusion: "available", "selected-by-default": true } },
    { breadcrumb: ["properties", "note"], metadata: { inclusion: "available", "selected-by-default": false } },
  ],
};
const items = { tap_stream_id: "public.items", schema: { type: "object", properties: { sku: column, "a.b": column } } };
const offered = { streams: [orders, items], extra: 1 };

const shape = (rules: CatalogRules, catalog: unknown = offered, isFile = false) =>
  shapeCatalog(catalog, rules, { plugin: "tap-x", isFile });

/** The paths of the columns each stream would send. */
function read(catalog: Catalog): Record<string, string[]> {
  return Object.fromEntries(
    selectedStreams(catalog).map((stream) => [
      stream.tap_stream_id,
      stream.metadata
        .filter(({ breadcrumb, metadata }) => breadcrumb.length > 0 && metadata.selected === true)
        .map(({ breadcrumb }) => breadcrumb.filter((part) => part !== "properties").join("/"))
        .sort(),
    ]),
  );
}

test("without patterns, what the tap selects is read, and any stream with no selection", () => {
  expect(read(shape({}).catalog)).toEqual({ orders: ["customer", "id", "total"], "public.items": ["a.b", "sku"] });
});

test.each<[string, string[], Record<string, string[]>]>([
  ["a stream is read with all its columns", ["orders"], { orders: ["customer", "id", "note", "total"] }],
  ["a column comes with its stream and its keys", ["orders.total"], { orders: ["id", "total"] }],
  ["a name with a dot in it is written as it is", ["public.items.sku"], { "public.items": ["sku"] }],
  ["so is a column's", ["public.items.a.b"], { "public.items": ["a.b"] }],
  ["a pattern finds several", ["ord*.n*"], { orders: ["id", "note"] }],
  ["what is left out wins, wherever it stands", ["!orders.note", "orders", "*.t*"], { orders: ["customer", "id", "total"] }],
  ["all columns left out is the stream left out", ["*.*", "!orders.*"], { "public.items": ["a.b", "sku"] }],
  ["leaving out starts from everything", ["!public.items"], { orders: ["customer", "id", "total"] }],
  ["a column inside of another brings that one along", ["orders.customer.name"], { orders: ["customer", "id"] }],
])("%s", (_name, patterns, wanted) => {
  expect(read(shape({ select: patterns }).catalog)).toEqual(wanted);
});

test("inside of a selected column, what was not named is left out", () => {
  const [stream] = shape({ select: ["orders.customer.name"] }).catalog.streams;
  const at = (name: string): unknown => metadataAt(stream as never, ["properties", "customer", "properties", name]).selected;
  expect([at("name"), at("email")]).toEqual([undefined, false]);
});

test("the command line narrows what the project selects, and never widens it", () => {
  expect(read(shape({ select: ["orders.total"], filter: ["orders.note", "orders.total"] }).catalog)).toEqual({ orders: ["id", "total"] });
  expect(read(shape({ filter: ["!orders"] }).catalog)).toEqual({ "public.items": ["a.b", "sku"] });
  expect(() => shape({ select: ["orders"], filter: ["public.items"] })).toThrow(expect.objectContaining({ code: "nothing_selected" }));
});

test("a name that leads nowhere is an error with the one that was meant", () => {
  expect(() => shape({ select: ["ordres"] })).toThrow(
    expect.objectContaining({
      code: "select_unmatched",
      message: 'tap-x has no stream "ordres"',
      hint: "Did you mean orders?",
    }),
  );
  expect(() => shape({ select: ["orders.totl"] })).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^tap-x has no .*"totl".* \(selected by "orders\.totl"\)$/),
      hint: "Did you mean total?",
    }),
  );
});

test("a pattern or an exclusion that matches nothing is a warning, and so is a key left out", () => {
  expect(shape({ select: ["orders", "x*", "!orders.nte", "!orders.id"] }).warnings).toEqual([
    '"x*" matches nothing of tap-x',
    '"!orders.nte" matches nothing of tap-x; did you mean note?',
    "orders.id is a key or always sent, so it is read although it is excluded",
  ]);
});

test("unsupported columns are never read, automatic ones always", () => {
  const metadata = [
    { breadcrumb: ["properties", "total"], metadata: { inclusion: "unsupported" } },
    { breadcrumb: ["properties", "note"], metadata: { inclusion: "automatic" } },
  ];
  expect(read(shape({ select: ["orders", "!orders.note"] }, { streams: [{ ...orders, metadata }] }).catalog)).toEqual({
    orders: ["customer", "id", "note"],
  });
});

test("in a person's catalog file, what is not selected stays so", () => {
  const metadata = [{ breadcrumb: [], metadata: { selected: true } }];
  const streams = [
    { ...orders, metadata },
    { ...items, metadata: [{ breadcrumb: [], metadata: { inclusion: "available" } }] },
  ];
  expect(Object.keys(read(shape({ filter: ["!orders.note"] }, { streams }, true).catalog))).toEqual(["orders"]);
});

test("metadata reaches streams and columns, and the entry has the same", () => {
  const rules = {
    metadata: {
      orders: { "replication-method": "INCREMENTAL", "replication-key": "total", customer: { "sql-datatype": "json" } },
      "*.n*": { comment: "text" },
    },
  };
  const [stream] = shape(rules, { streams: [{ ...orders, "replication-method": "FULL_TABLE" }] }).catalog.streams;
  expect(stream).toMatchObject({ replication_method: "INCREMENTAL", "replication-method": "INCREMENTAL", replication_key: "total" });
  expect(metadataAt(stream as never, [])).toMatchObject({ "replication-key": "total", inclusion: "available" });
  expect(metadataAt(stream as never, ["properties", "customer"])).toMatchObject({ "sql-datatype": "json" });
  expect(metadataAt(stream as never, ["properties", "note"])).toMatchObject({ comment: "text" });
  expect(() => shape({ metadata: { ordres: { x: 1 } } })).toThrow(expect.objectContaining({ code: "select_unmatched" }));
});

test("a name that leads nowhere says where it is written", () => {
  const rules = { select: ["orders"], metadata: { orders: { gone: { comment: "x" } } } };
  const locate = (pattern: string) => ({ file: "tapline.yml", line: pattern.length });
  const position = { file: "tapline.yml", line: "orders.gone".length };
  expect(() => shapeCatalog(offered, rules, { plugin: "tap-x", isFile: false, locate })).toThrow(
    expect.objectContaining({ code: "select_unmatched", position }),
  );
});

test("schema is laid over columns, and adds those the tap did not name", () => {
  const rules = { schema: { orders: { "t*": { format: "decimal" }, added: { type: "integer" } } } };
  const [stream] = shape(rules).catalog.streams;
  expect(stream?.schema.properties).toMatchObject({ total: { type: ["string", "null"], format: "decimal" }, added: { type: "integer" } });
  expect(read(shape(rules).catalog).orders).toContain("added");
});

test("fields nobody here knows go through", () => {
  expect(shape({ select: ["orders"] }, { streams: [{ ...orders, database: "shop" }] }).catalog.streams[0]).toMatchObject({
    database: "shop",
  });
});

test("without rules there is nothing to do", () => {
  expect(hasRules({})).toBe(false);
  expect(hasRules({ select: [], metadata: {} })).toBe(false);
  expect(hasRules({ filter: ["a"] })).toBe(true);
});

test("a thousand columns take no time", () => {
  const properties = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`c${index}`, column]));
  const metadata = Object.keys(properties).map((name) => ({ breadcrumb: ["properties", name], metadata: { inclusion: "available" } }));
  const before = performance.now();
  shape({ select: ["wide", "!wide.*9"] }, { streams: [{ tap_stream_id: "wide", schema: { properties }, metadata }] });
  expect(performance.now() - before).toBeLessThan(250);
});
