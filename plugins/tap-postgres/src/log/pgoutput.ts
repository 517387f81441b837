/**
 * Reads the messages of PostgreSQL's logical decoding plugin `pgoutput` from bytes: protocol version 1, in which the server sends only
 * transactions that were committed, one after another. No I/O. Source: PostgreSQL manual, "Logical Replication Message Formats".
 */

/** The values of a row, as places in bytes. */
export interface Tuple {
  bytes: Buffer;
  /** For each column: `kinds` has null, unchanged (a large value that the log does not have), or text. */
  kinds: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  /** Some column is unchanged. */
  isPartial: boolean;
}

export const tupleKind = { null: 0, unchanged: 1, text: 2 } as const;

export interface RelationColumn {
  name: string;
  /** Part of the replica identity. */
  isIdentity: boolean;
  type: number;
  modifier: number;
}

/** What a table is from here on. */
export interface Relation {
  kind: "relation";
  id: number;
  schema: string;
  name: string;
  /** As pg_class.relreplident: d, n, f, i. */
  identity: string;
  columns: RelationColumn[];
}

/** `old`: the whole old row where the identity is FULL; `oldKey`: otherwise the old values of the identity, where they changed. */
export type LogMessage =
  | { kind: "begin"; commitLsn: bigint; committedAt: bigint; xid: number }
  | { kind: "commit"; commitLsn: bigint; endLsn: bigint; committedAt: bigint }
  | Relation
  | { kind: "insert"; relation: number; row: Tuple }
  | { kind: "update"; relation: number; row: Tuple; old?: Tuple; oldKey?: Tuple }
  | { kind: "delete"; relation: number; old?: Tuple; oldKey?: Tuple }
  | { kind: "truncate"; relations: number[]; cascades: boolean; restartsIdentity: boolean }
  | { kind: "type"; id: number; schema: string; name: string }
  | { kind: "origin"; commitLsn: bigint; name: string }
  | { kind: "message"; isTransactional: boolean; lsn: bigint; prefix: string; content: Buffer };

/** The bytes are not as the protocol has them. */
export class UnreadableMessage extends Error {}

/**
 * Reads one message after another. The tuples of a message are used again for the next one, and are places in `bytes`: whoever keeps one
 * longer takes `keptTuple` of it.
 */
export class MessageReader {
  readonly #reader = new Reader();

  /** @throws UnreadableMessage */
  read(bytes: Buffer, start = 0, end = bytes.length): LogMessage {
    this.#reader.open(bytes, start, end);
    const message = messageOf(this.#reader);
    this.#reader.expectEnd();
    return message;
  }
}

/** A copy of the tuple that later messages do not change, with its bytes alone. */
export function keptTuple({ bytes, kinds, starts, ends, isPartial }: Tuple): Tuple {
  const [first, last] = [starts.findIndex((_, i) => kinds[i] === tupleKind.text), kinds.lastIndexOf(tupleKind.text)];
  const from = starts[first] ?? 0;
  return {
    bytes: Buffer.from(bytes.subarray(from, ends[last] ?? from)),
    kinds: kinds.slice(),
    starts: starts.map((at) => at - from),
    ends: ends.map((at) => at - from),
    isPartial,
  };
}

function messageOf(reader: Reader): LogMessage {
  const letter = reader.letter();
  switch (letter) {
    case "B":
      return { kind: "begin", commitLsn: reader.int64(), committedAt: reader.int64(), xid: reader.uint32() };
    case "C":
      reader.byte();
      return { kind: "commit", commitLsn: reader.int64(), endLsn: reader.int64(), committedAt: reader.int64() };
    case "R":
      return relationOf(reader);
    case "I":
      return { kind: "insert", relation: reader.uint32(), row: newRow(reader, reader.letter()) };
    case "U":
      return updateOf(reader);
    case "D": {
      const relation = reader.uint32();
      const before = reader.letter();
      if (before !== "O" && before !== "K") throw new UnreadableMessage(`a delete without the old row: ${before}`);
      const tuple = reader.tuple();
      return before === "O" ? { kind: "delete", relation, old: tuple } : { kind: "delete", relation, oldKey: tuple };
    }
    case "T": {
      const count = reader.uint32();
      const flags = reader.byte();
      const relations = Array.from({ length: count }, () => reader.uint32());
      return { kind: "truncate", relations, cascades: (flags & 1) !== 0, restartsIdentity: (flags & 2) !== 0 };
    }
    case "Y":
      return { kind: "type", id: reader.uint32(), schema: reader.text(), name: reader.text() };
    case "O":
      return { kind: "origin", commitLsn: reader.int64(), name: reader.text() };
    case "M": {
      const isTransactional = (reader.byte() & 1) !== 0;
      const [lsn, prefix] = [reader.int64(), reader.text()];
      return { kind: "message", isTransactional, lsn, prefix, content: reader.bytesOf(reader.uint32()) };
    }
    default:
      throw new UnreadableMessage(`an unknown kind of message: ${JSON.stringify(letter)}`);
  }
}

function relationOf(reader: Reader): Relation {
  const [id, schema, name, identity] = [reader.uint32(), reader.text(), reader.text(), reader.letter()];
  const columns = Array.from({ length: reader.uint16() }, () => {
    const isIdentity = (reader.byte() & 1) !== 0;
    return { isIdentity, name: reader.text(), type: reader.uint32(), modifier: reader.int32() };
  });
  // The server leaves the schema of its own types out.
  return { kind: "relation", id, schema: schema === "" ? "pg_catalog" : schema, name, identity, columns };
}

function updateOf(reader: Reader): LogMessage {
  const relation = reader.uint32();
  const first = reader.letter();
  if (first !== "O" && first !== "K") return { kind: "update", relation, row: newRow(reader, first) };
  const before = reader.tuple();
  const row = newRow(reader, reader.letter());
  return first === "O" ? { kind: "update", relation, row, old: before } : { kind: "update", relation, row, oldKey: before };
}

function newRow(reader: Reader, letter: string): Tuple {
  if (letter !== "N") throw new UnreadableMessage(`no new row where one belongs: ${JSON.stringify(letter)}`);
  return reader.tuple();
}

class Reader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  /** The first and the second tuple of a message, each by the number of columns, made once: a log has millions of rows and few shapes. */
  readonly #tuples: readonly [Tuple[], Tuple[]] = [[], []];
  #taken = 0;

  open(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#taken = 0;
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  letter(): string {
    return String.fromCharCode(this.byte());
  }

  uint16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  /** Up to a zero byte. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0 || end >= this.#end) throw new UnreadableMessage("a text without its end");
    const start = this.#take(end + 1 - this.#at);
    return this.#bytes.toString("utf8", start, end);
  }

  bytesOf(length: number): Buffer {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  tuple(): Tuple {
    const count = this.uint16();
    const tuple = this.#tupleOf(count);
    const { kinds, starts, ends } = tuple;
    const bytes = this.#bytes;
    tuple.bytes = bytes;
    tuple.isPartial = false;
    for (let i = 0; i < count; i++) {
      const kind = this.byte();
      if (kind === 0x74) {
        const at = this.#take(4);
        const length =
          (bytes[at] as number) * 0x1000000 +
          (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
        const start = this.#take(length);
        kinds[i] = tupleKind.text;
        starts[i] = start;
        ends[i] = start + length;
      } else if (kind === 0x6e) kinds[i] = tupleKind.null;
      else if (kind === 0x75) {
        kinds[i] = tupleKind.unchanged;
        tuple.isPartial = true;
      } else throw new UnreadableMessage(`an unknown kind of value: ${kind}`);
    }
    return tuple;
  }

  #tupleOf(count: number): Tuple {
    const list = this.#tuples[this.#taken++ === 0 ? 0 : 1];
    const known = list[count];
    if (known !== undefined) return known;
    const [kinds, starts, ends] = [new Uint8Array(count), new Int32Array(count), new Int32Array(count)];
    const made = { bytes: this.#bytes, kinds, starts, ends, isPartial: false };
    list[count] = made;
    return made;
  }

  expectEnd(): void {
    if (this.#at !== this.#end) throw new UnreadableMessage(`${this.#end - this.#at} bytes after the message's end`);
  }

  /** The start of the next `length` bytes. */
  #take(length: number): number {
    const start = this.#at;
    if (length < 0 || start + length > this.#end) throw new UnreadableMessage("the message ends too soon");
    this.#at = start + length;
    return start;
  }
}
