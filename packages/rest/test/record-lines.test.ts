/** Records that go as the answer's own bytes: the same rows as JSON.parse gives, or the usual way. */
import { serveApi } from "@tapline/testing/api";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { restStream } from "../src/index.ts";
import { RecordCopier } from "../src/records/record-copier.ts";
import { items, runStreams } from "./shop.ts";

const blanks = ["", " ", "\n\t", "", "\r\n  "];

/** JSON text with blanks between its parts. */
function spaced(value: unknown, blank: () => string): string {
  const around = (text: string): string => `${blank()}${text}${blank()}`;
  if (Array.isArray(value)) return `[${value.map((one) => around(spaced(one, blank))).join(",")}${blank()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, one]) => `${around(JSON.stringify(name))}:${around(spaced(one, blank))}`)}${blank()}}`;
}

const copied = (text: string, keys: readonly string[], count: number): unknown[] | undefined => {
  const bytes = Buffer.from(text);
  const copier = RecordCopier.at(bytes, keys);
  if (copier === undefined) return undefined;
  const records: unknown[] = [];
  const out = Buffer.alloc(bytes.length + 1);
  for (let index = 0; index < count; index++) {
    const end = copier.next(out, 0);
    if (end < 0) return undefined;
    const line = `${out.toString("utf8", 0, end)}}`;
    if (/[\n\r]/.test(line)) throw new Error(`a line of its own in ${JSON.stringify(line)}`);
    records.push(JSON.parse(line));
  }
  return copier.isWhole(keys) ? records : undefined;
};

test("any document: what is copied is what was parsed, and no blank of the source makes a line of its own", () => {
  const record = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 2 }));
  const document = fc.record({
    before: fc.jsonValue({ maxDepth: 2 }),
    list: fc.array(record, { maxLength: 8 }),
    after: fc.jsonValue({ maxDepth: 2 }),
  });
  fc.assert(
    fc.property(document, ({ before, list, after }) => {
      let count = 0;
      const text = spaced({ before, in: { list }, after }, () => blanks[count++ % blanks.length] as string);
      const expected = (JSON.parse(text) as { in: { list: unknown[] } }).in.list;
      const found = copied(text, ["in", "list"], expected.length);
      // Another "in" or "list" further on makes the place doubtful. A matcher of vitest would take most of the time.
      return found === undefined ? /"(in|list)"/.test(JSON.stringify(after)) : JSON.stringify(found) === JSON.stringify(expected);
    }),
    { numRuns: 100, seed: 7 },
  );
});

test.each([
  ["two lists of one name", '{"data":[{"id":1}],"data":[{"id":2}]}'],
  ["a name with escapes", '{"d\\u0061ta":[{"id":2}]}'],
  [
    "half a surrogate pair as UTF-8",
    Buffer.concat([Buffer.from('{"data":[{"id":2,"at":"'), Buffer.from([0xed, 0xa0]), Buffer.from('"}]}')]),
  ],
] as const)("%s: the rows are those of JSON.parse", async (_, body) => {
  await using api = await serveApi(() => ({ body }));
  const sent = await runStreams(api.url, [items()]);
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("items").map(({ id }) => id)).toEqual([2]);
});

test("columns of the parent are added to the bytes, and win over those of the record", async () => {
  await using api = await serveApi(({ path }) =>
    path === "/items" ? { json: { data: [{ id: 7 }] } } : { body: '{"data":[{"line":1}, {} ,{"line":2,"item":99}]}' },
  );
  const lines = (columns: readonly string[]) =>
    restStream({
      name: "lines",
      parent,
      path: "/lines",
      schema: { type: "object", properties: Object.fromEntries(columns.map((name) => [name, { type: "integer" }])) },
      fromParent: { item: "id" },
      records: "$.data[*]",
    });
  const parent = items();
  const sent = await runStreams(api.url, [parent, lines(["line", "item"])]);
  expect(sent.rows("lines")).toEqual([{ line: 1, item: 7 }, { item: 7 }, { line: 2, item: 7 }]);
  expect((await runStreams(api.url, [parent, lines(["line"])])).rows("lines")).toEqual([{ line: 1 }, {}, { line: 2 }]);
});

test("rows before the bookmark are left out, and numbers keep their spelling", async () => {
  await using api = await serveApi(() => ({ body: '{ "data": [ {"id": 1.50, "at": "a"}, {"id":2,"at":"c"}, {"id":3e2 ,"at":"d"} ] }' }));
  const state = { bookmarks: { items: { replication_key: "at", replication_key_value: "b" } } };
  const sent = await runStreams(api.url, [items({ incremental: { cursor: "at" } })], {}, { state });
  expect(sent.rows("items")).toEqual([
    { id: 2, at: "c" },
    { id: 300, at: "d" },
  ]);
  expect(sent.state.bookmarks?.items).toMatchObject({ replication_key_value: "d" });
});
