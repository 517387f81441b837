/** Messages of the log that a writer of this test makes are read as they were meant, however their bytes are cut. */
import { seededRandom } from "@tapline/testing/seeded-random";
import { describe, expect, test } from "vitest";
import { keptTuple, type LogMessage, MessageReader, type Tuple, tupleKind, UnreadableMessage } from "./pgoutput.ts";
import { instantText, StreamFrames } from "./stream-frames.ts";

type Value = string | null | undefined;
type Random = ReturnType<typeof seededRandom>;

const int = (length: number, value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value)));
  return bytes.subarray(8 - length);
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const letter = (value: string): Buffer => Buffer.from(value);
/** undefined: a large value that did not change. */
const tuple = (values: readonly Value[]): Buffer =>
  Buffer.concat([
    int(2, values.length),
    ...values.map((value) => {
      if (value === null) return letter("n");
      if (value === undefined) return letter("u");
      const bytes = Buffer.from(value);
      return Buffer.concat([letter("t"), int(4, bytes.length), bytes]);
    }),
  ]);
const valuesOf = ({ bytes, kinds, starts, ends }: Tuple): Value[] =>
  [...kinds].map((kind, i) =>
    kind === tupleKind.null ? null : kind === tupleKind.unchanged ? undefined : bytes.toString("utf8", starts[i], ends[i]),
  );

/** A message as bytes, and what it means, with tuples as lists. */
const kinds: Readonly<Record<string, (random: Random) => [Buffer, unknown]>> = {
  begin: (random) => {
    const [lsn, at, xid] = [big(random), big(random), whole(random, 2 ** 32)];
    return [Buffer.concat([letter("B"), int(8, lsn), int(8, at), int(4, xid)]), { kind: "begin", commitLsn: lsn, committedAt: at, xid }];
  },
  commit: (random) => {
    const [lsn, end, at] = [big(random), big(random), big(random)];
    return [
      Buffer.concat([letter("C"), int(1, 0), int(8, lsn), int(8, end), int(8, at)]),
      { kind: "commit", commitLsn: lsn, endLsn: end, committedAt: at },
    ];
  },
  origin: (random) => {
    const [lsn, name] = [big(random), word(random)];
    return [Buffer.concat([letter("O"), int(8, lsn), text(name)]), { kind: "origin", commitLsn: lsn, name }];
  },
  relation: (random) => {
    const [id, schema, name] = [whole(random, 2 ** 32), word(random), word(random)];
    const columns = some(random, 5, () => ({
      isIdentity: whole(random, 2) === 1,
      name: word(random),
      type: whole(random, 2 ** 32),
      modifier: whole(random, 100) - 1,
    }));
    const described = columns.map((c) => Buffer.concat([int(1, c.isIdentity ? 1 : 0), text(c.name), int(4, c.type), int(4, c.modifier)]));
    return [
      Buffer.concat([letter("R"), int(4, id), text(schema), text(name), letter("d"), int(2, columns.length), ...described]),
      { kind: "relation", id, schema: schema === "" ? "pg_catalog" : schema, name, identity: "d", columns },
    ];
  },
  type: (random) => {
    const [id, schema, name] = [whole(random, 2 ** 32), word(random), word(random)];
    return [Buffer.concat([letter("Y"), int(4, id), text(schema), text(name)]), { kind: "type", id, schema, name }];
  },
  insert: (random) => {
    const [relation, row] = [whole(random, 2 ** 32), values(random)];
    return [Buffer.concat([letter("I"), int(4, relation), letter("N"), tuple(row)]), { kind: "insert", relation, row }];
  },
  update: (random) => {
    const [relation, row, before] = [whole(random, 2 ** 32), values(random), values(random)];
    const old = [{}, { oldKey: before }, { old: before }][whole(random, 3)] as { old?: Value[]; oldKey?: Value[] };
    const first = old.old === undefined ? (old.oldKey === undefined ? [] : [letter("K"), tuple(before)]) : [letter("O"), tuple(before)];
    return [Buffer.concat([letter("U"), int(4, relation), ...first, letter("N"), tuple(row)]), { kind: "update", relation, row, ...old }];
  },
  delete: (random) => {
    const [relation, before, isWhole] = [whole(random, 2 ** 32), values(random), whole(random, 2) === 1];
    return [
      Buffer.concat([letter("D"), int(4, relation), letter(isWhole ? "O" : "K"), tuple(before)]),
      { kind: "delete", relation, ...(isWhole ? { old: before } : { oldKey: before }) },
    ];
  },
  truncate: (random) => {
    const [relations, flags] = [some(random, 4, () => whole(random, 2 ** 32)), whole(random, 4)];
    return [
      Buffer.concat([letter("T"), int(4, relations.length), int(1, flags), ...relations.map((id) => int(4, id))]),
      { kind: "truncate", relations, cascades: (flags & 1) === 1, restartsIdentity: (flags & 2) === 2 },
    ];
  },
  message: (random) => {
    const [lsn, prefix, content, flag] = [big(random), word(random), Buffer.from(word(random)), whole(random, 2)];
    return [
      Buffer.concat([letter("M"), int(1, flag), int(8, lsn), text(prefix), int(4, content.length), content]),
      { kind: "message", isTransactional: flag === 1, lsn, prefix, content },
    ];
  },
};

const whole = (random: Random, below: number): number => Math.floor(random() * below);
const big = (random: Random): bigint => (BigInt(whole(random, 2 ** 31)) << 32n) | BigInt(whole(random, 2 ** 32));
const word = (random: Random): string => ["", "a", "naïve \u{1f418}", "x".repeat(whole(random, 300))][whole(random, 4)] as string;
const some = <T>(random: Random, most: number, make: () => T): T[] => Array.from({ length: whole(random, most + 1) }, make);
const values = (random: Random): Value[] => some(random, 6, () => [null, undefined, word(random)][whole(random, 3)] as Value);

const messages = new MessageReader();
const readMessage = (bytes: Buffer): LogMessage => messages.read(bytes);

/** The message with its tuples as lists. */
const plain = (message: LogMessage): unknown =>
  Object.fromEntries(
    Object.entries(message).map(([name, value]) => [
      name,
      (name === "row" || name === "old" || name === "oldKey") && typeof value === "object" ? valuesOf(value as Tuple) : value,
    ]),
  );

describe("each kind of message", () => {
  for (const [kind, make] of Object.entries(kinds))
    test(`${kind} is read as it was written, and no part of it is`, () => {
      const random = seededRandom(7);
      for (let round = 0; round < 200; round++) {
        const [bytes, meaning] = make(random);
        expect(plain(readMessage(bytes))).toEqual(meaning);
        const shorter = bytes.subarray(0, whole(random, bytes.length));
        expect(() => readMessage(shorter)).toThrow();
        expect(() => readMessage(Buffer.concat([bytes, Buffer.from([0])]))).toThrow(UnreadableMessage);
      }
    });
  test("a tuple that is kept does not change with the next message", () => {
    const random = seededRandom(11);
    const make = kinds.update as (random: Random) => [Buffer, { row: Value[]; old?: Value[] }];
    const kept: [Tuple, Value[]][] = [];
    for (let round = 0; round < 300; round++) {
      const [bytes, meaning] = make(random);
      const message = readMessage(bytes) as { row: Tuple; old?: Tuple };
      kept.push([keptTuple(message.row), meaning.row]);
      if (message.old !== undefined && meaning.old !== undefined) kept.push([keptTuple(message.old), meaning.old]);
    }
    for (const [tuple, meaning] of kept) expect(valuesOf(tuple)).toEqual(meaning);
  });
  test("an unknown one is an error", () => {
    expect(() => readMessage(Buffer.from("S0000"))).toThrow(UnreadableMessage);
  });
});

const framed = (kind: string, payload: Buffer): Buffer => Buffer.concat([letter(kind), int(4, payload.length + 4), payload]);

describe("the bytes of a connection", () => {
  test("give the same messages however they are cut, and what ends the stream is left", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = seededRandom(seed);
      const makers = Object.values(kinds);
      const expected: unknown[] = [];
      const parts = [framed("W", Buffer.alloc(3))];
      for (let i = 0; i < 20; i++) {
        if (whole(random, 4) === 0) {
          const [end, wantsAnswer] = [big(random), whole(random, 2) === 1];
          parts.push(framed("d", Buffer.concat([letter("k"), int(8, end), int(8, 1), int(1, wantsAnswer ? 1 : 0)])));
          expected.push({ kind: "keepalive", end });
        } else if (whole(random, 6) === 0) parts.push(framed("N", Buffer.from("SNOTICE\0\0")));
        else {
          const [bytes, meaning] = (makers[whole(random, makers.length)] as (typeof makers)[0])(random);
          parts.push(framed("d", Buffer.concat([letter("w"), int(8, 1), int(8, 2), int(8, 3), bytes])));
          expected.push(meaning);
        }
      }
      const end = framed("E", Buffer.from("SERROR\0\0"));
      const all = Buffer.concat([...parts, end]);
      const frames = new StreamFrames();
      const found: unknown[] = [];
      for (let at = 0; at < all.length; ) {
        const next = Math.min(all.length, at + 1 + whole(random, random() < 0.5 ? 8 : 2000));
        // A buffer of its own, which is written over once it was read.
        const chunk = Buffer.from(all.subarray(at, next));
        frames.feed(chunk);
        for (let kind = frames.next(); kind !== undefined; kind = frames.next())
          found.push(
            kind === "data" ? plain(messages.read(frames.bytes, frames.start, frames.end)) : { kind: "keepalive", end: frames.logEnd },
          );
        at = next;
      }
      expect(found, `seed ${seed}`).toEqual(expected);
      expect(frames.rest(), `seed ${seed}`).toEqual(end);
    }
  });
  test("a time of the log has its microseconds", () => {
    expect(instantText(0n)).toBe("2000-01-01T00:00:00.000000Z");
    expect(instantText(836_000_000_123_456n)).toBe("2026-06-28T22:13:20.123456Z");
  });
});
