/**
 * MySQL's binary form of JSON as text. MariaDB has none: its JSON is a text. Sans I/O. Source: MySQL manual, "json_binary.h". No test runs
 * against MySQL; the tests here are of bytes that follow its description.
 */
import { decimalText } from "./decimal.ts";
import { UnreadableEvent } from "./events.ts";

const kind = {
  smallObject: 0,
  largeObject: 1,
  smallArray: 2,
  largeArray: 3,
  literal: 4,
  int16: 5,
  uint16: 6,
  int32: 7,
  uint32: 8,
  int64: 9,
  uint64: 10,
  double: 11,
  string: 12,
  opaque: 15,
} as const;

const literals = ["null", "true", "false"];

/** @throws UnreadableEvent */
export function jsonText(bytes: Buffer): string {
  return bytes.length === 0 ? "null" : valueText(bytes[0] as number, bytes, 1);
}

function valueText(type: number, bytes: Buffer, at: number): string {
  switch (type) {
    case kind.smallObject:
      return containerText(bytes, at, 2, true);
    case kind.largeObject:
      return containerText(bytes, at, 4, true);
    case kind.smallArray:
      return containerText(bytes, at, 2, false);
    case kind.largeArray:
      return containerText(bytes, at, 4, false);
    case kind.literal:
      return literals[bytes[at] as number] ?? unreadable(`the literal ${bytes[at]}`);
    case kind.int16:
      return String(bytes.readInt16LE(at));
    case kind.uint16:
      return String(bytes.readUInt16LE(at));
    case kind.int32:
      return String(bytes.readInt32LE(at));
    case kind.uint32:
      return String(bytes.readUInt32LE(at));
    case kind.int64:
      return String(bytes.readBigInt64LE(at));
    case kind.uint64:
      return String(bytes.readBigUInt64LE(at));
    case kind.double: {
      const value = bytes.readDoubleLE(at);
      // As the server writes it: a double that is whole is not an integer.
      return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value).replace("e+", "e");
    }
    case kind.string: {
      const [length, from] = variableLength(bytes, at);
      return JSON.stringify(bytes.toString("utf8", from, from + length));
    }
    case kind.opaque:
      return opaqueText(bytes, at);
    default:
      return unreadable(`the type ${type}`);
  }
}

/** Count and size, then for each key its place and length, for each value its type and place, or itself where it is small. */
function containerText(bytes: Buffer, start: number, width: 2 | 4, isObject: boolean): string {
  const number = (at: number): number => bytes.readUIntLE(at, width);
  const count = number(start);
  const keys = start + 2 * width;
  const values = keys + (isObject ? count * (width + 2) : 0);
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    const at = values + i * (1 + width);
    const type = bytes[at] as number;
    const isInline =
      type === kind.literal ||
      type === kind.int16 ||
      type === kind.uint16 ||
      (width === 4 && (type === kind.int32 || type === kind.uint32));
    const value = valueText(type, bytes, isInline ? at + 1 : start + number(at + 1));
    if (!isObject) {
      parts.push(value);
      continue;
    }
    const key = keys + i * (width + 2);
    const from = start + number(key);
    parts.push(`${JSON.stringify(bytes.toString("utf8", from, from + bytes.readUInt16LE(key + width)))}: ${value}`);
  }
  return isObject ? `{${parts.join(", ")}}` : `[${parts.join(", ")}]`;
}

/** A value of a type of SQL: its type's code, its length and its bytes. */
function opaqueText(bytes: Buffer, start: number): string {
  const type = bytes[start] as number;
  const [length, at] = variableLength(bytes, start + 1);
  switch (type) {
    case 246:
      return decimalText(bytes, at + 2, bytes[at] as number, bytes[at + 1] as number);
    case 10:
    case 7:
    case 12:
    case 11:
      return JSON.stringify(packedTimeText(bytes.readBigInt64LE(at), type));
    default:
      return JSON.stringify(`base64:type${type}:${bytes.toString("base64", at, at + length)}`);
  }
}

/** 24 bits of millionths below the parts of a date or a time. */
function packedTimeText(packed: bigint, type: number): string {
  const size = packed < 0n ? -packed : packed;
  const fraction = String(size & 0xff_ffffn).padStart(6, "0");
  const value = Number(size >> 24n);
  const two = (part: number): string => String(part).padStart(2, "0");
  if (type === 11) return `${packed < 0n ? "-" : ""}${two((value >> 12) & 1023)}:${two((value >> 6) & 63)}:${two(value & 63)}.${fraction}`;
  const day = Math.floor(value / 2 ** 17);
  const time = value % 2 ** 17;
  const months = Math.floor(day / 32);
  const date = `${String(Math.floor(months / 13)).padStart(4, "0")}-${two(months % 13)}-${two(day % 32)}`;
  return type === 10 ? date : `${date} ${two(time >> 12)}:${two((time >> 6) & 63)}:${two(time & 63)}.${fraction}`;
}

/** Seven bits in each byte, the lowest first. */
function variableLength(bytes: Buffer, start: number): [length: number, after: number] {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[start + i] as number;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) === 0) return [length, start + i + 1];
  }
  return unreadable("a length without an end");
}

function unreadable(what: string): never {
  throw new UnreadableEvent(`a JSON value with ${what}`);
}
