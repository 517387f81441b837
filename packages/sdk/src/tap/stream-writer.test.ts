import { expect, test } from "vitest";
import { activate, type Chunk, checkpoint, Lines, type Stream } from "./define.ts";
import { catalogEntry } from "./discover.ts";
import { type Pieces, StreamWriter } from "./stream-writer.ts";
import { TapState } from "./tap-state.ts";

const text = (pieces: Pieces): string => pieces.map((bytes) => Buffer.from(bytes).toString()).join("");
const messages = (pieces: Pieces) =>
  text(pieces)
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

function writerOf(name: string, state: TapState, more: Partial<Stream> = {}): StreamWriter {
  const stream: Stream = { name, schema: { properties: { id: { type: "integer" } } }, read: () => [], ...more };
  return new StreamWriter(stream, catalogEntry(stream), { state, signal: new AbortController().signal, log: () => {} });
}

test("two streams that take turns share the STATE, and each keeps its rows before its bookmark", () => {
  const state = new TapState({ bookmarks: { c: { at: 9 } }, other: 1 });
  const [a, b] = [writerOf("a", state), writerOf("b", state)];
  const steps: [StreamWriter, Chunk][] = [
    [a, { id: 1 }],
    [b, { id: 2 }],
    [a, checkpoint({ at: 1 })],
    [b, [{ id: 3 }, { id: 4 }]],
    [b, checkpoint({ at: 2 })],
  ];
  const sent = [a.start(), b.start(), ...steps.map(([writer, chunk]) => writer.take(chunk)), a.end(), b.end()].flatMap(messages);
  expect(sent.map(({ type, stream, record, value }) => value?.bookmarks ?? [type, stream, record?.id])).toEqual([
    ["SCHEMA", "a", undefined],
    ["SCHEMA", "b", undefined],
    ["RECORD", "a", 1],
    { c: { at: 9 }, a: { at: 1 } },
    ["RECORD", "b", 2],
    ["RECORD", "b", 3],
    ["RECORD", "b", 4],
    { c: { at: 9 }, a: { at: 1 }, b: { at: 2 } },
    { c: { at: 9 }, a: { at: 1 }, b: { at: 2 } },
    { c: { at: 9 }, a: { at: 1 }, b: { at: 2 } },
  ]);
});

test("rows wait in the buffer until something else pushes them out", () => {
  const writer = writerOf("a", new TapState({}));
  expect([writer.take({ id: 1 }), writer.holdsRows]).toEqual([[], true]);
  expect(messages(writer.take(new Lines(Buffer.from('{"type":"X"}\n'), 1))).map(({ type }) => type)).toEqual(["RECORD", "X"]);
  writer.take({ id: 2 });
  expect(messages(writer.take(activate(7))).map(({ type }) => type)).toEqual(["RECORD", "ACTIVATE_VERSION"]);
  writer.take({ id: 3 });
  expect([messages(writer.flush()).length, writer.holdsRows, writer.flush()]).toEqual([1, false, []]);
});

test("a sorted incremental stream has a STATE after every 10,000 rows, however they arrive", () => {
  const sorted = { replicationKey: "id", sorted: true } as const;
  const writer = writerOf("a", new TapState({}), sorted);
  const states: unknown[] = [];
  const see = (pieces: Pieces): void => {
    for (const { type, value } of messages(pieces)) if (type === "STATE") states.push(value.bookmarks.a.replication_key_value);
  };
  for (let id = 1; id <= 10_001; id++) see(writer.take({ id }));
  see(writer.take(new Lines(Buffer.from('{"type":"RECORD"}\n'), 9_999, 20_000)));
  see(writer.end());
  expect(states).toEqual([10_000, 20_000, 20_000]);
});
