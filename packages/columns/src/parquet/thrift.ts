/** The part of Thrift's compact protocol that Parquet's headers need. Source: thrift-compact-protocol.md of Apache Thrift. */

const types = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

export type ElementType = "i32" | "binary" | "struct";

/** Writes one struct; fields must be written in the order of their ids. */
export class ThriftWriter {
  readonly #bytes: number[] = [];
  #lastId = 0;

  i32(id: number, value: number): void {
    this.#field(id, types.i32);
    this.#zigzag(value);
  }

  i64(id: number, value: number): void {
    this.#field(id, types.i64);
    this.#zigzag(value);
  }

  bool(id: number, value: boolean): void {
    this.#field(id, value ? types.true : types.false);
  }

  text(id: number, value: string): void {
    this.#field(id, types.binary);
    this.#text(value);
  }

  bytes(id: number, value: Uint8Array): void {
    this.#field(id, types.binary);
    this.#varint(value.length);
    for (const byte of value) this.#bytes.push(byte);
  }

  struct(id: number, write: (fields: ThriftWriter) => void): void {
    this.#field(id, types.struct);
    this.#struct(write);
  }

  i32s(id: number, values: readonly number[]): void {
    this.#list(id, "i32", values.length);
    for (const value of values) this.#zigzag(value);
  }

  texts(id: number, values: readonly string[]): void {
    this.#list(id, "binary", values.length);
    for (const value of values) this.#text(value);
  }

  structs<T>(id: number, values: readonly T[], write: (fields: ThriftWriter, value: T, index: number) => void): void {
    this.#list(id, "struct", values.length);
    for (const [index, value] of values.entries()) this.#struct((fields) => write(fields, value, index));
  }

  /** The struct with its stop byte. */
  finish(): Buffer {
    return Buffer.from([...this.#bytes, 0]);
  }

  #field(id: number, type: number): void {
    const delta = id - this.#lastId;
    if (delta < 1 || delta > 15) throw new RangeError(`field ${id} after ${this.#lastId}`);
    this.#bytes.push((delta << 4) | type);
    this.#lastId = id;
  }

  #list(id: number, element: ElementType, length: number): void {
    this.#field(id, types.list);
    if (length < 15) this.#bytes.push((length << 4) | types[element]);
    else {
      this.#bytes.push(0xf0 | types[element]);
      this.#varint(length);
    }
  }

  #struct(write: (fields: ThriftWriter) => void): void {
    const outer = this.#lastId;
    this.#lastId = 0;
    write(this);
    this.#bytes.push(0);
    this.#lastId = outer;
  }

  #text(value: string): void {
    const utf8 = Buffer.from(value, "utf8");
    this.#varint(utf8.length);
    for (const byte of utf8) this.#bytes.push(byte);
  }

  #zigzag(value: number): void {
    this.#varint(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  #varint(value: number): void {
    for (const byte of varint(value)) this.#bytes.push(byte);
  }
}

/** Seven bits a byte, low ones first. `value` may be any safe integer from 0. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
