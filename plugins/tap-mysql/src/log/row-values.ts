/** Finds the values of a row of the log, and writes them as the server would as text. Sans I/O. */
import { inflateRawSync, inflateSync } from "node:zlib";
import { decimalSize, decimalText } from "./decimal.ts";
import { UnreadableEvent } from "./events.ts";
import { jsonText } from "./json-binary.ts";
import type { RowText } from "./row-text.ts";
import { code, type LogColumn } from "./table-map.ts";
import { dateText, datetimeText, fractionSize, oldDatetimeText, oldTimeText, secondsText, timestampText, timeText } from "./times.ts";

/** Bytes of a text in the column's character set, as UTF-8. */
export type Decode = (bytes: Buffer) => Buffer;

/** How a column's values are written, beside what the log says of them. */
export interface ValueForm {
  decode?: Decode | undefined;
  /** DATA_TYPE: bytes may be an address or a uuid. */
  baseType: string;
}

const none = Buffer.alloc(0);

/** Where the value at `at` ends. @throws UnreadableEvent */
export function valueEnd(bytes: Buffer, at: number, { code: type, meta }: LogColumn): number {
  switch (type) {
    case code.tiny:
    case code.year:
      return at + 1;
    case code.short:
      return at + 2;
    case code.int24:
    case code.date:
    case code.newdate:
    case code.time:
      return at + 3;
    case code.long:
    case code.float:
    case code.timestamp:
      return at + 4;
    case code.longlong:
    case code.double:
    case code.datetime:
      return at + 8;
    case code.newdecimal:
      return at + decimalSize(meta >> 8, meta & 0xff);
    case code.timestamp2:
      return at + 4 + fractionSize(meta);
    case code.datetime2:
      return at + 5 + fractionSize(meta);
    case code.time2:
      return at + 3 + fractionSize(meta);
    case code.bit:
      return at + (meta >> 8) + ((meta & 0xff) > 0 ? 1 : 0);
    case code.enum:
    case code.set:
      return at + meta;
    case code.varchar:
    case code.varString:
    case code.string:
    case code.varcharCompressed:
      return meta > 255 ? at + 2 + bytes.readUInt16LE(at) : at + 1 + (bytes[at] as number);
    case code.blob:
    case code.json:
    case code.geometry:
    case code.blobCompressed:
      return at + meta + bytes.readUIntLE(at, meta);
    default:
      throw new UnreadableEvent(`a value of the type ${type}`);
  }
}

/** Writes the value that is from `at` to `end`. */
export function writeValue(bytes: Buffer, at: number, end: number, column: LogColumn, form: ValueForm, out: RowText): void {
  const { code: type, meta, isUnsigned } = column;
  switch (type) {
    case code.tiny:
    case code.short:
    case code.int24:
    case code.long:
      out.ascii(String(isUnsigned ? bytes.readUIntLE(at, end - at) : bytes.readIntLE(at, end - at)));
      break;
    case code.longlong:
      out.ascii(String(isUnsigned ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at)));
      break;
    case code.float:
      out.ascii(numberText(bytes.readFloatLE(at)));
      break;
    case code.double:
      out.ascii(numberText(bytes.readDoubleLE(at)));
      break;
    case code.newdecimal:
      out.ascii(decimalText(bytes, at, meta >> 8, meta & 0xff));
      break;
    case code.year:
      out.ascii(String(bytes[at] === 0 ? 0 : 1900 + (bytes[at] as number)));
      break;
    case code.date:
    case code.newdate:
      out.ascii(dateText(bytes, at));
      break;
    case code.datetime2:
      out.ascii(datetimeText(bytes, at, meta));
      break;
    case code.timestamp2:
      out.ascii(timestampText(bytes, at, meta));
      break;
    case code.time2:
      out.ascii(timeText(bytes, at, meta));
      break;
    case code.timestamp:
      out.ascii(secondsText(bytes.readUInt32LE(at)));
      break;
    case code.datetime:
      out.ascii(oldDatetimeText(bytes, at));
      break;
    case code.time:
      out.ascii(oldTimeText(bytes, at));
      break;
    case code.bit:
      out.ascii(end - at <= 6 ? String(bytes.readUIntBE(at, end - at)) : BigInt(`0x${bytes.toString("hex", at, end)}`).toString());
      break;
    case code.enum:
      text(enumWord(bytes, at, column), form, out);
      break;
    case code.set:
      text(setWords(bytes, at, column), form, out);
      break;
    case code.json:
      out.value(...whole(Buffer.from(jsonText(bytes.subarray(at + meta, end)))));
      break;
    case code.geometry:
      out.value(bytes, at + meta, end);
      break;
    case code.blob:
      bytesOf(bytes, at + meta, end, form, out);
      break;
    case code.blobCompressed:
      bytesOf(...whole(uncompressed(bytes.subarray(at + meta, end))), form, out);
      break;
    case code.varcharCompressed:
      bytesOf(...whole(uncompressed(bytes.subarray(at + (meta > 255 ? 2 : 1), end))), form, out);
      break;
    default:
      shortBytes(bytes, at + (meta > 255 ? 2 : 1), end, column, form, out);
  }
}

const whole = (bytes: Buffer): [Buffer, number, number] => [bytes, 0, bytes.length];

/** JavaScript writes 1e+21, and 1e21 is shorter. */
function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value).replace("e+", "e");
}

function bytesOf(bytes: Buffer, start: number, end: number, { decode }: ValueForm, out: RowText): void {
  if (decode === undefined) out.value(bytes, start, end);
  else out.value(...whole(decode(bytes.subarray(start, end))));
}

function text(bytes: Buffer, form: ValueForm, out: RowText): void {
  bytesOf(...whole(bytes), form, out);
}

/** The log leaves out the zeros at the end of what has a fixed length. */
function shortBytes(bytes: Buffer, start: number, end: number, { meta }: LogColumn, form: ValueForm, out: RowText): void {
  const padded = (length: number): Buffer => {
    const value = Buffer.alloc(length);
    bytes.copy(value, 0, start, end);
    return value;
  };
  switch (form.baseType) {
    case "binary":
      out.value(...whole(padded(meta)));
      break;
    case "uuid":
      out.ascii(uuidText(padded(16)));
      break;
    case "inet4":
      out.ascii([...padded(4)].join("."));
      break;
    case "inet6":
      out.ascii(inet6Text(padded(16)));
      break;
    default:
      bytesOf(bytes, start, end, form, out);
  }
}

/** Number 0 is the empty text of a value that was none of the list. */
function enumWord(bytes: Buffer, at: number, { meta, words }: LogColumn): Buffer {
  const number = bytes.readUIntLE(at, meta);
  return number === 0 ? none : (words[number - 1] ?? none);
}

const comma = Buffer.from(",");

function setWords(bytes: Buffer, at: number, { meta, words }: LogColumn): Buffer {
  const bits = BigInt(
    `0x${Buffer.from(bytes.subarray(at, at + meta))
      .reverse()
      .toString("hex")}`,
  );
  const found = words.filter((_, i) => ((bits >> BigInt(i)) & 1n) === 1n);
  return Buffer.concat(found.flatMap((word, i) => (i === 0 ? [word] : [comma, word])));
}

/** MariaDB's COMPRESSED columns: a byte with the method (0 none, 8 zlib) and the size of the length, and the length before it. */
function uncompressed(bytes: Buffer): Buffer {
  const head = bytes[0];
  if (head === undefined) return bytes;
  const method = head >> 4;
  if (method === 0) return bytes.subarray(1);
  if (method !== 8) throw new UnreadableEvent(`a value that is compressed by the method ${method}`);
  const packed = bytes.subarray(1 + (head & 7));
  return (head & 8) === 0 ? inflateSync(packed) : inflateRawSync(packed);
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** As the server writes it: the longest run of zeros is left out, and an IPv4 address in it is written as one. */
function inet6Text(bytes: Buffer): string {
  const last = [...bytes.subarray(12)].join(".");
  const isZero = (from: number, to: number): boolean => bytes.subarray(from, to).every((byte) => byte === 0);
  if (isZero(0, 10) && bytes.readUInt16BE(10) === 0xffff) return `::ffff:${last}`;
  if (isZero(0, 12) && bytes.readUInt32BE(12) > 0xffff) return `::${last}`;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  let best = { from: 0, length: 1 };
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (groups[from + length] === "0") length++;
    if (length > best.length) best = { from, length };
  }
  if (best.length === 1) return groups.join(":");
  return `${groups.slice(0, best.from).join(":")}::${groups.slice(best.from + best.length).join(":")}`;
}
