/** Taps with a session: it is closed whatever happens, streams read together share one STATE, and one bad stream does not end the others. */
import { type Catalog, type Json, Type } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import { checkpoint, type Stream } from "./define.ts";
import { defineTap } from "./define-tap.ts";
import { discover } from "./discover.ts";
import { type ExtractOptions, extract } from "./extract.ts";
import { checkpoints, type OpenContext, type StreamGroup, type TapSession } from "./session.ts";
import { streamFailed } from "./stream-failed.ts";

const schema = { type: "object", properties: { id: { type: "integer" } } };
const stream = (name: string, read: Stream["read"] = () => [{ id: 1 }]): Stream => ({ name, schema, keys: ["id"], read });
const unread = stream("unread", () => {
  throw new Error("a group's stream is not read alone");
});

interface Line {
  type: string;
  stream?: string;
  record?: { id: number };
  value?: Json;
}

/** Also returns what was thrown, and how often the session was closed. */
async function run(session: TapSession | ((context: OpenContext) => TapSession), options: ExtractOptions = {}) {
  let closed = 0;
  const tap = defineTap({
    name: "tap-test",
    version: "0",
    description: "",
    config: Type.Object({}),
    open: (_config, context) => ({
      ...(typeof session === "function" ? session(context) : session),
      [Symbol.asyncDispose]: async () => void closed++,
    }),
  });
  const lines: Line[] = [];
  const thrown = await (async () => {
    for await (const bytes of extract(tap, {}, options))
      for (const line of Buffer.from(bytes).toString().trimEnd().split("\n")) lines.push(JSON.parse(line));
  })().catch((error: unknown) => error);
  return { lines, thrown, closed };
}

const brief = (lines: readonly Line[]): string[] =>
  lines.map(({ type, stream: name, record, value }) =>
    type === "RECORD"
      ? `${name} ${record?.id}`
      : type === "STATE"
        ? JSON.stringify((value as { bookmarks: Json }).bookmarks)
        : `${type} ${name}`,
  );

describe("a session", () => {
  test("is closed once after its streams were read", async () => {
    const { lines, thrown, closed } = await run({ streams: [stream("a"), stream("b")] });
    expect({ thrown, closed }).toEqual({ thrown: undefined, closed: 1 });
    expect(brief(lines)).toEqual(["SCHEMA a", "a 1", '{"a":{}}', "SCHEMA b", "b 1", '{"a":{},"b":{}}']);
  });
  test("is closed when reading fails, and when the reader stops", async () => {
    const broken = stream("a", () => {
      throw new Error("broken");
    });
    expect(await run({ streams: [broken] })).toMatchObject({ thrown: new Error("broken"), closed: 1 });
    let closed = 0;
    const session: TapSession = { streams: [stream("a")], [Symbol.asyncDispose]: async () => void closed++ };
    const tap = defineTap({ name: "tap-test", version: "0", description: "", config: Type.Object({}), open: () => session });
    for await (const _ of extract(tap, {})) break;
    expect(closed).toBe(1);
  });
  test("knows which streams are wanted", async () => {
    const wanted: unknown[] = [];
    const streams = [stream("a"), stream("b")];
    const catalog = discover([streams[1] as Stream]);
    await run(
      (context) => {
        wanted.push(context.wanted);
        return { streams };
      },
      { catalog },
    );
    expect(wanted).toEqual([new Set(["b"])]);
  });
});

describe("streams read together", () => {
  const group = (read: StreamGroup["read"], streams = ["a", "b"]): TapSession => ({
    streams: [{ ...unread, name: "a" }, stream("c"), { ...unread, name: "b" }],
    together: [{ streams, read }],
  });
  test("send all their lines before the one STATE with the bookmarks of all", async () => {
    const { lines } = await run(
      group(async function* () {
        yield ["a", { id: 1 }];
        yield ["b", { id: 2 }];
        yield ["a", [{ id: 3 }]];
        yield checkpoints({ a: { at: 3 }, b: { at: 2 } });
        yield ["b", { id: 4 }];
        yield checkpoints({ b: { at: 4 } });
      }),
    );
    const states = ['{"a":{"at":3},"b":{"at":2}}', '{"a":{"at":3},"b":{"at":4}}'];
    expect(brief(lines)).toEqual([
      "SCHEMA a",
      "SCHEMA b",
      "a 1",
      "a 3",
      "b 2",
      states[0],
      "b 4",
      states[1],
      "SCHEMA c",
      "c 1",
      '{"a":{"at":3},"b":{"at":4},"c":{}}',
    ]);
  });
  test("get the contexts of those that are selected, with their bookmarks", async () => {
    const seen: unknown[] = [];
    const session = group(async function* (contexts) {
      for (const [name, { state }] of contexts) seen.push([name, state]);
      yield checkpoints({});
    });
    const catalog = discover(session.streams.filter(({ name }) => name !== "a"));
    const { lines } = await run(session, { catalog, state: { bookmarks: { b: { at: 7 } } } });
    expect(seen).toEqual([["b", { at: 7 }]]);
    expect(brief(lines)).toEqual(["SCHEMA c", "c 1", '{"b":{"at":7},"c":{}}', "SCHEMA b", '{"b":{"at":7},"c":{}}']);
  });
  test("of one replication method are those that the catalog reads by it; the others are read alone", async () => {
    const byLog: StreamGroup = {
      streams: ["a", "b"],
      replicationMethod: "LOG_BASED",
      async *read(contexts) {
        for (const name of contexts.keys()) yield [name, { id: 7 }];
        yield checkpoints({});
      },
    };
    const streams = [stream("a"), stream("b")];
    const catalog = discover(streams);
    expect(brief((await run({ streams, together: [byLog] }, { catalog })).lines).filter((line) => / \d/.test(line))).toEqual([
      "a 1",
      "b 1",
    ]);
    (catalog.streams[1] as { replication_method: string }).replication_method = "LOG_BASED";
    expect(brief((await run({ streams, together: [byLog] }, { catalog })).lines).filter((line) => / \d/.test(line))).toEqual([
      "a 1",
      "b 7",
    ]);
  });
  test("go on without one that fails alone, and the run ends failed", async () => {
    const { lines, thrown } = await run(
      group(async function* () {
        yield ["a", { id: 1 }];
        yield ["a", streamFailed(new Error("no key"))];
        yield ["b", { id: 2 }];
        yield checkpoints({ b: { at: 2 } });
      }),
    );
    expect(brief(lines)).toContain("b 2");
    expect((thrown as Error).message).toContain('1 of 3 streams failed: "a": ');
  });
  test.each([
    ["a chunk of a stream that is not in it", ["c", { id: 1 }], 'a chunk of "c"'],
    ["a checkpoint of one stream", ["a", checkpoint({ at: 1 })], 'a checkpoint of "a" alone'],
  ])("refuse %s", async (_what, item, message) => {
    const session = group(async function* () {
      yield item as never;
    });
    expect((await run(session)).thrown).toMatchObject({ code: "group_misused", message: expect.stringContaining(message) });
  });
});

describe("a stream that fails alone", () => {
  test("keeps its last checkpoint, the others are read, and the run fails with all that failed", async () => {
    const events: string[] = [];
    const failing = (name: string) =>
      stream(name, function* () {
        yield { id: 1 };
        yield checkpoint({ at: 1 });
        yield { id: 2 };
        throw streamFailed(new Error("no right"));
      });
    const { lines, thrown, closed } = await run(
      { streams: [failing("a"), stream("b"), failing("c")] },
      { log: (level, message, name) => events.push(`${level} ${name}: ${message}`), state: { bookmarks: { a: { at: 0 } } } },
    );
    expect(brief(lines).slice(0, 6)).toEqual(["SCHEMA a", "a 1", '{"a":{"at":1}}', "a 2", "SCHEMA b", "b 1"]);
    expect(brief(lines)[6]).toBe('{"a":{"at":1},"b":{}}');
    expect(closed).toBe(1);
    expect(thrown).toMatchObject({ code: "streams_failed", class: "bug", position: { stream: "a" } });
    expect((thrown as Error).message).toContain('2 of 3 streams failed: "a": Unexpected failure: no right; "c": ');
    expect(events).toEqual([
      'warning a: stream "a" failed: Unexpected failure: no right',
      'warning c: stream "c" failed: Unexpected failure: no right',
    ]);
  });
  test("because the tap does not offer it any more, or its replication key is gone: the others are read", async () => {
    const { streams } = discover(["gone", "unkeyed", "b"].map((name) => stream(name)));
    const catalog = {
      streams: streams.map((entry) =>
        entry.tap_stream_id === "unkeyed" ? { ...entry, replication_method: "INCREMENTAL", replication_key: "at" } : entry,
      ),
    } as Catalog;
    const { lines, thrown } = await run({ streams: [stream("unkeyed"), stream("b")] }, { catalog });
    expect(brief(lines).slice(0, 2)).toEqual(["SCHEMA b", "b 1"]);
    expect(thrown).toMatchObject({
      code: "streams_failed",
      class: "config",
      position: { stream: "gone" },
      hint: expect.stringContaining('select: ["!gone"]'),
    });
    expect((thrown as Error).message).toMatch(/^2 of 3 streams .*"gone": .* is gone, or may not be read; "unkeyed": .* replication key$/);
  });
});
