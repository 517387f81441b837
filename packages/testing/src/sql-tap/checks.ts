/** What a tap for a SQL database promises beside the promises of every tap. Each check makes tables in a schema of its own. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { type Catalog, type Row, type State, stringifyOrdered } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import type { Ended } from "../plugin-process.ts";
import { messagesIn, rowsOf, schemasIn, TapSession, type WireMessage } from "../tap/subject.ts";
import { checkRanges } from "./range-check.ts";
import type { SqlTapUnderTest } from "./subject.ts";

export const sqlTapChecks: readonly Check<SqlTapUnderTest>[] = [
  check("discovers tables and views, with the keys of tables", async ({ execute, schema, discover, stream }) => {
    await execute(
      `CREATE TABLE ${schema}.items (id integer NOT NULL, name varchar(20), PRIMARY KEY (id))`,
      `CREATE VIEW ${schema}.seen AS SELECT id FROM ${schema}.items`,
    );
    const { streams } = await discover();
    const found = streams.map(({ tap_stream_id, key_properties }) => [tap_stream_id, key_properties ?? []]).sort();
    assert.deepEqual(
      found,
      [
        [stream("items"), ["id"]],
        [stream("seen"), []],
      ],
      "the streams are not the tables with their keys",
    );
  }),
  check("sends each value of each type as it is", async ({ execute, schema, tap, read, stream }) => {
    for (const [i, { type, values }] of tap.types.entries()) {
      await execute(
        `CREATE TABLE ${schema}.t${i} (id integer NOT NULL, v ${type}, PRIMARY KEY (id))`,
        `INSERT INTO ${schema}.t${i} VALUES (0, NULL)`,
      );
      for (const [at, [sql]] of values.entries()) await execute(`INSERT INTO ${schema}.t${i} VALUES (${at + 1}, ${sql})`);
    }
    const { messages } = await read();
    for (const [i, { type, values }] of tap.types.entries()) {
      const sent = rowsOf(messages, stream(`t${i}`)).sort((a, b) => Number(a.id) - Number(b.id));
      assert.equal(
        stringifyOrdered(sent.map(({ v }) => v)),
        stringifyOrdered([null, ...values.map(([, wire]) => wire)]),
        `values of ${type}`,
      );
    }
  }),
  check(
    "keeps a bookmark as the source's text, and reads rows equal to it again, and none before it",
    async ({ execute, schema, tap, discover, read, stream }) => {
      for (const [i, { type, first, second }] of tap.cursors.entries()) {
        await execute(
          `CREATE TABLE ${schema}.c${i} (id integer NOT NULL, seen_at ${type} NOT NULL, PRIMARY KEY (id))`,
          `INSERT INTO ${schema}.c${i} VALUES (1, ${first}), (2, ${second})`,
        );
      }
      const catalog = readBy(await discover(), "seen_at");
      const { messages } = await read({ catalog });
      const state = lastState(messages);
      for (const i of tap.cursors.keys()) await execute(`INSERT INTO ${schema}.c${i} SELECT id + 2, seen_at FROM ${schema}.c${i}`);
      const later = await read({ catalog, state });
      for (const [i, { type }] of tap.cursors.entries()) {
        assert.deepEqual(idsOf(messages, stream(`c${i}`)), [1, 2], `the first run over ${type}`);
        assert.deepEqual(idsOf(later.messages, stream(`c${i}`)), [2, 4], `the run from the bookmark over ${type}`);
      }
    },
  ),
  check("goes on inside a table from any of its STATEs", async ({ execute, schema, discover, read, stream }) => {
    const digits =
      "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
    const number = "a.d + 10 * b.d + 100 * c.d + 1000 * e.d";
    await execute(
      `CREATE TABLE ${schema}.big (id integer NOT NULL, body varchar(2000), PRIMARY KEY (id))`,
      `INSERT INTO ${schema}.big SELECT ${number}, repeat('x', 1500) FROM ${digits} AS a CROSS JOIN ${digits} AS b CROSS JOIN ${digits} AS c CROSS JOIN ${digits} AS e`,
    );
    const catalog = readBy(await discover(), "id");
    const { messages } = await read({ catalog });
    const states = messages.flatMap(({ type }, at) => (type === "STATE" ? [at] : []));
    assert.ok(states.length > 1, "it sends no STATE inside a table of 15 MB");
    const at = states[0] as number;
    const later = await read({ catalog, state: messages[at]?.value });
    const got = new Set([...idsOf(messages.slice(0, at), stream("big")), ...idsOf(later.messages, stream("big"))]);
    assert.equal(got.size, 10_000, "rows are neither before the STATE nor in the run from it");
    assert.ok(idsOf(later.messages, stream("big")).length < 10_000, "the run from the STATE reads the table from its start");
  }),
  check("reads ranges: each row is in one part, and none comes again after its last bookmark", checkRanges),
  check("never reads a column that is not selected", async ({ execute, schema, tap, discover, read, stream }) => {
    await execute(
      `CREATE TABLE ${schema}.items (id integer NOT NULL, PRIMARY KEY (id))`,
      `INSERT INTO ${schema}.items VALUES (1)`,
      `CREATE VIEW ${schema}.costly AS SELECT id, ${tap.failing("id")} AS other FROM ${schema}.items`,
    );
    const catalog = await discover();
    const { messages } = await read({ catalog: without(catalog, stream("costly"), "other") });
    assert.deepEqual(rowsOf(messages, stream("costly")), [{ id: 1 }]);
  }),
  check("names a table that can't be read, reads the others, and ends failed", async ({ execute, schema, tap, run, stream }) => {
    await execute(
      `CREATE TABLE ${schema}.a (id integer NOT NULL, PRIMARY KEY (id))`,
      `INSERT INTO ${schema}.a VALUES (1)`,
      `CREATE VIEW ${schema}.b AS SELECT ${tap.failing("id")} AS id FROM ${schema}.a`,
      `CREATE TABLE ${schema}.c (id integer)`,
      `INSERT INTO ${schema}.c VALUES (3)`,
    );
    const ended = await run();
    const messages = messagesIn(ended.stdout);
    assert.notEqual(ended.code, 0, "the tap ended with 0 though a table could not be read");
    assert.deepEqual([idsOf(messages, stream("a")), idsOf(messages, stream("c"))], [[1], [3]], "the other tables were not read");
    assert.ok(ended.stderr.includes(stream("b")), "the table that could not be read is not named");
    const bookmarks = Object.keys((lastState(messages).bookmarks ?? {}) as object);
    assert.ok(bookmarks.includes(stream("c")), "the last STATE lacks the table after the bad one");
  }),
  check("sends any name as it is, and quotes it in SQL", async ({ execute, schema, read, stream }) => {
    const odd = "o'd d;--";
    await execute(`CREATE TABLE ${schema}."${odd}" ("${odd}" integer)`, `INSERT INTO ${schema}."${odd}" VALUES (7)`);
    const { messages } = await read();
    assert.deepEqual(rowsOf(messages, stream(odd)), [{ [odd]: 7 }]);
    assert.deepEqual([...schemasIn(messages).keys()], [stream(odd)]);
  }),
];

interface Room {
  tap: SqlTapUnderTest;
  /** The schema of this check. */
  schema: string;
  execute: SqlTapUnderTest["execute"];
  stream(table: string): string;
  discover(): Promise<Catalog>;
  /** `settings`: more than those that name the schema. */
  read(files?: { catalog?: Catalog; state?: unknown; settings?: Record<string, unknown> }): Promise<{ messages: WireMessage[] }>;
  run(): Promise<Ended>;
}

function check(name: string, work: (room: Room) => Promise<void>): Check<SqlTapUnderTest> {
  return {
    name,
    async run(tap) {
      using folder = temporaryFolder();
      const schema = basename(folder.path)
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, "_");
      const { command, env, timeoutMs } = tap;
      const config = tap.config(schema);
      const session = new TapSession(
        { command, config, rows: {}, longConfig: {}, ...(env && { env }), ...(timeoutMs && { timeoutMs }) },
        folder.path,
      );
      await tap.execute(`CREATE SCHEMA ${schema}`);
      await work({
        tap,
        schema,
        execute: tap.execute,
        stream: (table) => tap.stream(schema, table),
        discover: () => session.discover(),
        read: ({ settings, ...files } = {}) => session.read({ ...files, config: { ...config, ...settings } }),
        run: () => session.run({ config }),
      });
    },
  };
}

const idsOf = (messages: readonly WireMessage[], stream: string): number[] =>
  rowsOf(messages, stream)
    .map(({ id }: Row) => Number(id))
    .sort((a, b) => a - b);

function lastState(messages: readonly WireMessage[]): State {
  return (messages.findLast(({ type }) => type === "STATE")?.value ?? {}) as State;
}

const readBy = ({ streams }: Catalog, key: string): Catalog => ({
  streams: streams.map((entry) => ({ ...entry, replication_method: "INCREMENTAL", replication_key: key })),
});

function without({ streams }: Catalog, stream: string, column: string): Catalog {
  return {
    streams: streams.map((entry) =>
      entry.tap_stream_id !== stream
        ? entry
        : {
            ...entry,
            metadata: [
              ...entry.metadata.filter(({ breadcrumb }) => breadcrumb[1] !== column),
              { breadcrumb: ["properties", column], metadata: { inclusion: "available", selected: false } },
            ],
          },
    ),
  };
}
