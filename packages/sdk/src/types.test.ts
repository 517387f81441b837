/**
 * What the compiler refuses, and that schemas of the npm package `typebox` are as good as those of our `Type`. `tsc -b` checks the
 * types; the tests run the same definitions.
 */
import { Type } from "@tapline/protocol";
import { Type as TypeBox } from "typebox";
import { describe, expect, expectTypeOf, test } from "vitest";
import { describeTap } from "./bin/tap-main.ts";
import { about } from "./config/about.ts";
import { checkConfig } from "./config/check.ts";
import { partialRow } from "./tap/define.ts";
import { defineStream } from "./tap/define-stream.ts";
import { defineTap } from "./tap/define-tap.ts";
import { extract } from "./tap/extract.ts";
import { checkpoints, type StreamGroup } from "./tap/session.ts";
import { defineTarget, type Sink } from "./target/define.ts";

const fields = { name: "x", version: "0", description: "" };
declare const sink: Sink;

const builders: [name: string, T: typeof Type][] = [
  ["our Type", Type],
  ["the package typebox", TypeBox],
];

describe.each(builders)("with %s", (_name, T) => {
  const config = T.Object({
    url: T.String(),
    token: T.Optional(T.String({ secret: true })),
    limit: T.Integer({ default: 10 }),
    mode: T.Union([T.Literal("fast"), T.Literal("safe")], { default: "safe" }),
  });
  const schema = T.Object({ id: T.Integer(), name: T.Union([T.String(), T.Null()]), tags: T.Optional(T.Array(T.String())) });

  test("defineTap: the config has the type of its schema", () => {
    const tap = defineTap({
      ...fields,
      config,
      streams(given) {
        expectTypeOf(given).toEqualTypeOf<{ url: string; token?: string; limit: number; mode: "fast" | "safe" }>();
        // @ts-expect-error a misspelt setting
        given.ulr;
        return [];
      },
    });
    expect(checkConfig("x", tap.config, { url: "u", limit: "7" }).config).toEqual({ url: "u", limit: 7, mode: "safe" });
    expect(() => checkConfig("x", tap.config, { url: "u", mode: "slow" })).toThrow('mode must be one of "fast", "safe"');
    expect(about(describeTap(tap)).settings).toMatchObject({ required: ["url"], properties: { token: { secret: true } } });
    // @ts-expect-error a misspelt property of the definition
    defineTap({ ...fields, config, steams: () => [], streams: () => [] });
    // @ts-expect-error no streams
    defineTap({ ...fields, config });
  });

  test("defineTap: open gets the typed config, and is there in place of streams", () => {
    const tap = defineTap({
      ...fields,
      config,
      open: async (given, { wanted, signal }) => {
        expectTypeOf(given).toEqualTypeOf<{ url: string; token?: string; limit: number; mode: "fast" | "safe" }>();
        expectTypeOf(wanted).toEqualTypeOf<ReadonlySet<string> | undefined>();
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        return { streams: [] };
      },
    });
    expect(about(describeTap(tap)).settings).toMatchObject({ required: ["url"] });
    // @ts-expect-error streams and open
    defineTap({ ...fields, config, streams: () => [], open: () => ({ streams: [] }) });
    // @ts-expect-error a session without streams
    defineTap({ ...fields, config, open: () => ({}) });
    const group: StreamGroup = {
      streams: ["a"],
      async *read() {
        yield ["a", { id: 1 }];
        yield checkpoints({ a: { at: 1 } });
      },
    };
    defineTap({ ...fields, config, open: () => ({ streams: [], together: [group] }) });
    const alone: StreamGroup = {
      streams: ["a"],
      // @ts-expect-error a row without its stream
      async *read() {
        yield { id: 1 };
      },
    };
    expect([group, alone]).toHaveLength(2);
  });

  test("defineStream: keys, replication key and rows have the names and types of the schema", async () => {
    const stream = defineStream({ name: "a", schema, keys: ["id"], replicationKey: "id", read: () => [{ id: 1, name: null }] });
    let text = "";
    for await (const bytes of extract(defineTap({ ...fields, config, streams: () => [stream] }), { url: "u", limit: 1, mode: "safe" }))
      text += Buffer.from(bytes);
    expect(JSON.parse(text.split("\n")[0] as string)).toMatchObject({ schema: { required: ["id", "name"] }, key_properties: ["id"] });
    // @ts-expect-error a key that is no column
    defineStream({ name: "a", schema, keys: ["idd"], read: () => [] });
    // @ts-expect-error a replication key that is no column
    defineStream({ name: "a", schema, replicationKey: "updated_at", read: () => [] });
    // @ts-expect-error a misspelt property of the definition
    defineStream({ name: "a", schema, key: ["id"], read: () => [] });
    // @ts-expect-error a misspelt column
    defineStream({ name: "a", schema, read: () => [{ id: 1, nmae: "x" }] });
    // @ts-expect-error text where the schema has an integer
    defineStream({ name: "a", schema, read: () => [{ id: "1", name: null }] });
    defineStream({
      name: "a",
      schema,
      // @ts-expect-error a column too few, from a generator
      async *read() {
        yield { id: 1 };
      },
    });
  });

  test("partialRow: its values and the names of its other columns are those of the schema", () => {
    const read = function* () {
      yield partialRow({ id: 1 }, ["name", "tags"]);
    };
    expect([...read()]).toEqual([partialRow({ id: 1 }, ["name", "tags"])]);
    defineStream({
      name: "a",
      schema,
      async *read() {
        yield { id: 1, name: null };
        yield partialRow({ id: 1 }, ["name", "tags"]);
      },
    });
    defineStream({
      name: "a",
      schema,
      // @ts-expect-error text where the schema has an integer
      read: () => [partialRow({ id: "1" }, ["name"])],
    });
    defineStream({
      name: "a",
      schema,
      // @ts-expect-error a misspelt column
      read: () => [partialRow({ id: 1 }, ["nmae"])],
    });
  });

  test("defineTarget: the config has the type of its schema", () => {
    const target = defineTarget({
      ...fields,
      config,
      async open(given) {
        expectTypeOf(given).toEqualTypeOf<{ url: string; token?: string; limit: number; mode: "fast" | "safe" }>();
        // @ts-expect-error a misspelt setting
        given.ulr;
        return sink;
      },
      lastState: async ({ token }) => {
        expectTypeOf(token).toEqualTypeOf<string | undefined>();
        return { run_id: null, state: null, committed_at: null };
      },
    });
    expect(target.config).toBe(config);
    // @ts-expect-error a misspelt property of the definition
    defineTarget({ ...fields, config, loadMethod: ["upsert"], open: async () => sink });
    // @ts-expect-error a load method that there is not
    defineTarget({ ...fields, config, loadMethods: ["replace"], open: async () => sink });
    // @ts-expect-error no open
    defineTarget({ ...fields, config });
  });
});

test("schemas of typebox and of our Type go into one another", () => {
  const config = Type.Object({ hosts: TypeBox.Array(Type.Object({ port: TypeBox.Optional(TypeBox.Integer()) })) });
  const tap = defineTap({ ...fields, config, streams: ({ hosts }) => hosts.map(({ port }) => stream(port ?? 0)) });
  expect(checkConfig("x", tap.config, { hosts: [{}, { port: 1 }] }).config).toEqual({ hosts: [{}, { port: 1 }] });
  expect(() => checkConfig("x", tap.config, { hosts: [{ port: "x" }] })).toThrow("hosts[0].port must be integer");
});

const stream = (port: number) =>
  defineStream({ name: `s${port}`, schema: TypeBox.Object({ n: Type.Number() }), keys: ["n"], read: () => [{ n: port }] });
