/** What a tap offers and sends: a valid catalog, valid messages in order, rows that fit, and nothing that is not selected. */
import assert from "node:assert/strict";
import { type Catalog, type CatalogStream, metadataAt, type Row } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { summaries } from "../events.ts";
import { assertRows } from "../rows.ts";
import { assertSame } from "../same.ts";
import { rowsOf, schemasIn, TapSession, type TapUnderTest } from "./subject.ts";
import { problemWith, rowProblem } from "./valid.ts";

export const contentChecks: readonly Check<TapUnderTest>[] = [
  check("discovers a valid catalog whose keys are columns", async (session) => {
    const catalog = await session.discover();
    assert.equal(problemWith("singer-catalog", catalog), undefined, "the catalog is not valid");
    assert.ok(catalog.streams.length > 0, "the catalog offers no stream");
    const ids = catalog.streams.map((stream) => stream.tap_stream_id);
    assert.equal(new Set(ids).size, ids.length, "two streams have the same tap_stream_id");
    for (const stream of catalog.streams) {
      const columns = Object.keys(stream.schema.properties ?? {});
      assert.ok(columns.length > 0, `stream ${stream.tap_stream_id} has no columns`);
      const named = [...(stream.key_properties ?? []), ...(stream.replication_key ? [stream.replication_key] : [])];
      assert.deepEqual(
        named.filter((name) => !columns.includes(name)),
        [],
        `stream ${stream.tap_stream_id} has keys that are not columns`,
      );
      for (const { breadcrumb } of stream.metadata ?? []) {
        const isKnown = breadcrumb.length === 0 || (breadcrumb[0] === "properties" && columns.includes(breadcrumb[1] ?? ""));
        assert.ok(
          isKnown,
          `stream ${stream.tap_stream_id} has metadata at ${JSON.stringify(breadcrumb)}, which is neither the stream nor a column`,
        );
      }
    }
  }),
  check("sends nothing but valid messages", async (session) => {
    const { messages } = await session.read();
    assert.ok(
      messages.some(({ type }) => type === "RECORD"),
      "it sent no RECORD: give the kit a config with rows",
    );
    for (const [i, message] of messages.entries()) {
      const name = `singer-${String(message.type).toLowerCase().replaceAll("_", "-")}-message` as Parameters<typeof problemWith>[0];
      const isKnown = ["SCHEMA", "RECORD", "STATE", "ACTIVATE_VERSION", "BATCH"].includes(message.type);
      assert.ok(isKnown, `line ${i + 1} has the type ${JSON.stringify(message.type)}`);
      assert.equal(problemWith(name, message), undefined, `line ${i + 1} is not a valid ${message.type}`);
    }
  }),
  check("sends every row of its source, value by value, and no other", async (session, tap) => {
    const { messages } = await session.read();
    const schemas = schemasIn(messages);
    assert.deepEqual([...schemas.keys()].sort(), Object.keys(tap.rows).sort(), "the streams sent are not the streams of the source");
    for (const [stream, { schema }] of schemas) {
      assertRows(rowsOf(messages, stream), tap.rows[stream] ?? [], schema.properties ?? {}, `rows of ${stream}`);
    }
  }),
  check("sends a stream's SCHEMA before its first RECORD", async (session) => {
    const { messages } = await session.read();
    const known = new Set<string>();
    for (const [i, { type, stream }] of messages.entries()) {
      if (type === "SCHEMA") known.add(stream);
      else if (type === "RECORD") assert.ok(known.has(stream), `line ${i + 1} is a RECORD of ${stream}, whose SCHEMA was not sent before`);
    }
  }),
  check("sends rows that fit their SCHEMA and have no other columns", async (session) => {
    const { messages } = await session.read();
    let [fits, columns] = [rowProblem({}), new Set<string>()];
    let current: unknown;
    const schemas = schemasIn(messages);
    for (const [i, { type, stream, record }] of messages.entries()) {
      if (type !== "RECORD") continue;
      const schema = schemas.get(stream)?.schema ?? {};
      if (current !== schema) [fits, columns, current] = [rowProblem(schema), new Set(Object.keys(schema.properties ?? {})), schema];
      assert.equal(fits(record), undefined, `the RECORD in line ${i + 1} does not fit the SCHEMA of ${stream}`);
      assert.deepEqual(
        Object.keys(record).filter((name) => !columns.has(name)),
        [],
        `the RECORD in line ${i + 1} has columns its SCHEMA lacks`,
      );
    }
  }),
  check("declares the keys its catalog has, and never sends one twice or NULL", async (session) => {
    const catalog = await session.discover();
    const { messages } = await session.read({ catalog });
    for (const [stream, { key_properties: keys }] of schemasIn(messages)) {
      const offered = catalog.streams.find((entry) => (entry.stream ?? entry.tap_stream_id) === stream);
      assert.deepEqual(keys ?? [], offered?.key_properties ?? [], `the SCHEMA of ${stream} has other keys than the catalog`);
      if (!keys?.length) continue;
      const seen = new Set<string>();
      for (const row of rowsOf(messages, stream)) {
        assert.ok(
          keys.every((name) => (row[name] ?? null) !== null),
          `stream ${stream} has a row whose key is NULL`,
        );
        const key = JSON.stringify(keys.map((name) => row[name]));
        assert.ok(!seen.has(key), `stream ${stream} has two rows with one key`);
        seen.add(key);
      }
    }
  }),
  check("leaves out a column that is not selected, and only that", async (session) => {
    const catalog = await session.discover();
    const whole = await session.read({ catalog });
    for (const entry of catalog.streams) {
      const column = optionalColumn(entry);
      if (column === undefined) continue;
      const name = entry.stream ?? entry.tap_stream_id;
      const { messages } = await session.read({ catalog: select(catalog, entry, ["properties", column], false) });
      const without = rowsOf(whole.messages, name).map(({ [column]: _, ...rest }) => rest);
      assertSame(
        rowsOf(messages, name).map(text),
        without.map(text),
        `rows of ${name} without the column ${column}, which is not selected`,
      );
      const properties = schemasIn(messages).get(name)?.schema.properties ?? {};
      assert.ok(!(column in properties), `the SCHEMA of ${name} still has the column ${column}, which is not selected`);
      return;
    }
    assert.fail("no stream has a column that can be left out: give the kit a config with one");
  }),
  check("sends nothing of a stream that is not selected", async (session) => {
    const catalog = await session.discover();
    for (const entry of catalog.streams) {
      const { messages } = await session.read({ catalog: select(catalog, entry, [], false) });
      const sent = messages.filter(({ type, stream }) => type !== "STATE" && stream === (entry.stream ?? entry.tap_stream_id));
      assert.equal(sent.length, 0, `${sent.length} messages of the stream ${entry.tap_stream_id}, which is not selected`);
    }
  }),
  check("its summary counts what it sent", async (session) => {
    const { ended, messages } = await session.read();
    const reported = summaries(ended.stderr);
    for (const stream of schemasIn(messages).keys()) {
      assert.equal(
        reported.get(stream)?.sent,
        rowsOf(messages, stream).length,
        `the summary of ${stream} does not count the rows that were sent`,
      );
    }
  }),
];

const text = (row: Row): string => JSON.stringify(row);

function check(name: string, work: (session: TapSession, tap: TapUnderTest) => Promise<void>): Check<TapUnderTest> {
  return {
    name,
    async run(tap) {
      using folder = temporaryFolder();
      await work(new TapSession(tap, folder.path), tap);
    },
  };
}

/** A column that may be left out: no key, no replication key, not automatic. */
function optionalColumn(entry: CatalogStream): string | undefined {
  return Object.keys(entry.schema.properties ?? {}).find((name) => {
    const { inclusion } = metadataAt({ metadata: entry.metadata ?? [] }, ["properties", name]);
    return (
      inclusion !== "automatic" && inclusion !== "unsupported" && !entry.key_properties?.includes(name) && entry.replication_key !== name
    );
  });
}

/** The catalog with `selected` set for one stream or one of its columns. */
function select(catalog: Catalog, entry: CatalogStream, breadcrumb: string[], selected: boolean): Catalog {
  const wanted = JSON.stringify(breadcrumb);
  const others = (entry.metadata ?? []).filter((item) => JSON.stringify(item.breadcrumb) !== wanted);
  const metadata = [...others, { breadcrumb, metadata: { ...metadataAt({ metadata: entry.metadata ?? [] }, breadcrumb), selected } }];
  return { streams: catalog.streams.map((stream) => (stream === entry ? { ...entry, metadata } : stream)) };
}
