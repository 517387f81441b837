/** What the log says of a table before the rows of it: its columns' names and how their values are stored. Sans I/O. */
import { readLength } from "./length.ts";

export interface TableMap {
  id: number;
  schema: string;
  name: string;
  columns: readonly LogColumn[];
  /** false: binlog_row_metadata was not FULL, so it is not known which column is which. */
  hasNames: boolean;
}

export interface LogColumn {
  name: string;
  /** The type's code, with ENUM and SET as themselves. */
  code: number;
  /** What the type's values need: lengths, digits. */
  meta: number;
  isUnsigned: boolean;
  /** Of ENUM and SET, in the column's character set. */
  words: readonly Buffer[];
}

export const code = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newdate: 14,
  varchar: 15,
  bit: 16,
  timestamp2: 17,
  datetime2: 18,
  time2: 19,
  blobCompressed: 140,
  varcharCompressed: 141,
  json: 245,
  newdecimal: 246,
  enum: 247,
  set: 248,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

/** Bytes of metadata of each type that has any. */
const metaLengths: Readonly<Record<number, number>> = {
  [code.float]: 1,
  [code.double]: 1,
  [code.timestamp2]: 1,
  [code.datetime2]: 1,
  [code.time2]: 1,
  [code.blobCompressed]: 1,
  [code.varcharCompressed]: 2,
  [code.json]: 1,
  [code.blob]: 1,
  [code.geometry]: 1,
  [code.varchar]: 2,
  [code.bit]: 2,
  [code.newdecimal]: 2,
  [code.varString]: 2,
  [code.string]: 2,
  [code.enum]: 2,
  [code.set]: 2,
};

/** Types whose sign the metadata tells. */
const signed: readonly number[] = [
  code.tiny,
  code.short,
  code.int24,
  code.long,
  code.longlong,
  code.float,
  code.double,
  code.decimal,
  code.newdecimal,
  code.year,
];

export function readTableMap(bytes: Buffer, body: number, stop: number): TableMap {
  const id = bytes.readUIntLE(body, 6);
  let at = body + 8;
  const text = (): string => {
    const length = bytes[at] as number;
    const value = bytes.toString("utf8", at + 1, at + 1 + length);
    at += length + 2;
    return value;
  };
  const schema = text();
  const name = text();
  const [count, typesAt] = readLength(bytes, at);
  const codes = [...bytes.subarray(typesAt, typesAt + count)];
  const [metaLength, metaAt] = readLength(bytes, typesAt + count);
  at = metaAt;
  const metas = codes.map((type, i) => {
    const length = metaLengths[type] ?? 0;
    const [first = 0, second = 0] = bytes.subarray(at, at + length);
    at += length;
    if (type === code.string && (first === code.enum || first === code.set)) {
      codes[i] = first;
      return second;
    }
    // The length of CHAR has two bits in the byte of its type.
    if (type === code.string) return ((((first >> 4) & 3) ^ 3) << 8) | second;
    // Big-endian where it is a pair, such as precision and scale.
    if (type === code.newdecimal) return (first << 8) | second;
    return length === 2 ? first | (second << 8) : first;
  });
  const more = readMore(bytes, metaAt + metaLength + ((count + 7) >> 3), stop);
  const isUnsigned = signsOf(codes, more.get(1));
  const names = more.has(4) ? namesOf(more.get(4) as Buffer) : undefined;
  const [sets, enums] = [wordsOf(more.get(5)), wordsOf(more.get(6))];
  return {
    id,
    schema,
    name,
    hasNames: names?.length === count,
    columns: codes.map((type, i) => ({
      name: names?.[i] ?? "",
      code: type,
      meta: metas[i] as number,
      isUnsigned: isUnsigned[i] as boolean,
      words: (type === code.set ? sets.shift() : type === code.enum ? enums.shift() : undefined) ?? [],
    })),
  };
}

/** The optional metadata, by its kind. */
function readMore(bytes: Buffer, start: number, stop: number): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = start; at < stop; ) {
    const kind = bytes[at] as number;
    const [length, from] = readLength(bytes, at + 1);
    found.set(kind, bytes.subarray(from, from + length));
    at = from + length;
  }
  return found;
}

/** One bit for each number, the first one highest. */
function signsOf(codes: readonly number[], bits: Buffer | undefined): boolean[] {
  let n = 0;
  return codes.map((type) => {
    if (!signed.includes(type)) return false;
    const bit = n++;
    return (((bits?.[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
  });
}

function namesOf(bytes: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [length, from] = readLength(bytes, at);
    names.push(bytes.toString("utf8", from, from + length));
    at = from + length;
  }
  return names;
}

/** For each column its words. */
function wordsOf(bytes: Buffer | undefined): Buffer[][] {
  const all: Buffer[][] = [];
  if (bytes === undefined) return all;
  for (let at = 0; at < bytes.length; ) {
    const [count, after] = readLength(bytes, at);
    at = after;
    const words: Buffer[] = [];
    for (let i = 0; i < count; i++) {
      const [length, from] = readLength(bytes, at);
      words.push(Buffer.from(bytes.subarray(from, from + length)));
      at = from + length;
    }
    all.push(words);
  }
  return all;
}
