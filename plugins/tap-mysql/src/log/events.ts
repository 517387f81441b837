/**
 * The events of a server's log, as far as a tap needs them. Sans I/O. Sources: MySQL manual, "Binlog Event" (dev.mysql.com/doc/dev/mysql-server),
 * and MariaDB's, "Replication Protocol".
 */
import { crc32, inflateSync } from "node:zlib";
import { readLength } from "./length.ts";
import { readTableMap, type TableMap } from "./table-map.ts";

/** An event of one of the kinds that matter; `other` is passed over. */
export type LogEvent = EventHead &
  (
    | { kind: "rotate"; file: string; position: number }
    /** `isXa`: its rows count only once XA COMMIT comes. `begins`: a transaction begins with it; otherwise BEGIN or a single statement comes. */
    | { kind: "gtid"; gtid: string; isXa: boolean; begins: boolean }
    | { kind: "query"; schema: string; sql: string }
    | { kind: "commit" }
    | { kind: "xa prepare" }
    | { kind: "table"; table: TableMap }
    | { kind: "rows"; change: "insert" | "update" | "delete"; tableId: number; rows: RowsBody }
    | { kind: "unreadable"; why: string }
    | { kind: "format" }
    | { kind: "other" }
  );

export interface EventHead {
  /** In seconds. */
  at: number;
  /** The end of the event in its file; 0 where the server does not tell, as inside a transaction of MariaDB. */
  end: number;
}

/** The rows of one event: bitmaps and values, to be read by the table's types. */
export interface RowsBody {
  columnCount: number;
  /** The columns that are there, in the old and the new rows; an insert has new ones alone, a delete old ones. */
  present: Buffer;
  presentAfter: Buffer | undefined;
  bytes: Buffer;
  start: number;
  end: number;
}

export class UnreadableEvent extends Error {}

const headLength = 19;
const checksumLength = 4;

const types = {
  query: 2,
  rotate: 4,
  format: 15,
  xid: 16,
  table: 19,
  incident: 26,
  gtid: 33,
  anonymousGtid: 34,
  xaPrepare: 38,
  partialUpdate: 39,
  payload: 40,
  mariadbGtid: 162,
  encryption: 164,
  queryCompressed: 165,
};

const changes = ["insert", "update", "delete"] as const;

/** Reads events one after another; it keeps what a format description says of those after it. */
export class EventReader {
  /** Whether events end with a checksum, as the last format description tells. */
  #hasChecksum: boolean;

  /** `hasChecksum`: of the events before the first format description. */
  constructor(hasChecksum: boolean) {
    this.#hasChecksum = hasChecksum;
  }

  /** The event from `start` to `end`. Its bytes are used, not copied. @throws UnreadableEvent */
  read(bytes: Buffer, start: number, end: number): LogEvent {
    if (end - start < headLength) throw new UnreadableEvent(`an event of ${end - start} bytes`);
    const at = bytes.readUInt32LE(start);
    const type = bytes[start + 4] as number;
    const head = { at, end: bytes.readUInt32LE(start + 13) };
    if (bytes.readUInt32LE(start + 9) !== end - start) throw new UnreadableEvent(`an event of another length than it says`);
    if (type === types.format) this.#hasChecksum = hasChecksum(bytes, end);
    const stop = this.#hasChecksum ? end - checksumLength : end;
    // The server changes its own description of the format after it wrote it.
    if (this.#hasChecksum && type !== types.format && crc32(bytes.subarray(start, stop)) !== bytes.readUInt32LE(stop))
      throw new UnreadableEvent(`an event of type ${type} whose checksum is wrong`);
    const body = start + headLength;
    switch (type) {
      case types.format:
        return { ...head, kind: "format" };
      case types.rotate:
        return { ...head, kind: "rotate", position: Number(bytes.readBigUInt64LE(body)), file: bytes.toString("utf8", body + 8, stop) };
      case types.query:
        return { ...head, ...readQuery(bytes, body, stop) };
      case types.queryCompressed:
        return { ...head, ...readQuery(bytes, body, stop, true) };
      case types.xid:
        return { ...head, kind: "commit" };
      case types.xaPrepare:
        return { ...head, kind: "xa prepare" };
      case types.mariadbGtid:
        return { ...head, ...readMariadbGtid(bytes, start, body) };
      case types.gtid:
        return { ...head, kind: "gtid", gtid: mysqlGtid(bytes, body), isXa: false, begins: false };
      case types.anonymousGtid:
        return { ...head, kind: "gtid", gtid: "", isXa: false, begins: false };
      case types.table:
        return { ...head, kind: "table", table: readTableMap(bytes, body, stop) };
      case types.incident:
        return { ...head, kind: "unreadable", why: "the server lost changes and wrote an incident in their place" };
      case types.partialUpdate:
        return { ...head, kind: "unreadable", why: "updates hold parts of JSON values (binlog_row_value_options = PARTIAL_JSON)" };
      case types.payload:
        return { ...head, kind: "unreadable", why: "transactions are compressed (binlog_transaction_compression = ON)" };
      default: {
        const rows = rowsTypes.get(type);
        return rows === undefined ? { ...head, kind: "other" } : { ...head, ...readRows(bytes, body, stop, rows) };
      }
    }
  }
}

/** The kind of checksum is in the byte before the event's own, which is always there. */
function hasChecksum(bytes: Buffer, end: number): boolean {
  return bytes[end - checksumLength - 1] === 1;
}

function readQuery(bytes: Buffer, body: number, stop: number, isCompressed = false): { kind: "query"; schema: string; sql: string } {
  const schemaLength = bytes[body + 8] as number;
  const schemaAt = body + 13 + bytes.readUInt16LE(body + 11);
  const sqlAt = schemaAt + schemaLength + 1;
  const sql = isCompressed ? inflate(bytes, sqlAt, stop).toString() : bytes.toString("utf8", sqlAt, stop);
  return { kind: "query", schema: bytes.toString("utf8", schemaAt, schemaAt + schemaLength), sql };
}

const standaloneFlag = 1;
const preparedFlag = 64;

function readMariadbGtid(bytes: Buffer, start: number, body: number) {
  const flags = bytes[body + 12] as number;
  const gtid = `${bytes.readUInt32LE(body + 8)}-${bytes.readUInt32LE(start + 5)}-${bytes.readBigUInt64LE(body)}`;
  return { kind: "gtid", gtid, isXa: (flags & preparedFlag) !== 0, begins: (flags & standaloneFlag) === 0 } as const;
}

function mysqlGtid(bytes: Buffer, body: number): string {
  const id = bytes.toString("hex", body + 1, body + 17);
  return `${[id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join("-")}:${bytes.readBigInt64LE(body + 17)}`;
}

interface RowsType {
  change: (typeof changes)[number];
  hasExtra: boolean;
  isCompressed: boolean;
}

/** Types of rows in their two versions, plain and compressed. */
const rowsTypes = new Map<number, RowsType>(
  changes.flatMap((change, i): [number, RowsType][] => [
    [23 + i, { change, hasExtra: false, isCompressed: false }],
    [30 + i, { change, hasExtra: true, isCompressed: false }],
    [166 + i, { change, hasExtra: false, isCompressed: true }],
    [169 + i, { change, hasExtra: true, isCompressed: true }],
  ]),
);

function readRows(bytes: Buffer, body: number, stop: number, { change, hasExtra, isCompressed }: RowsType) {
  const tableId = bytes.readUIntLE(body, 6);
  let at = body + 8;
  if (hasExtra) at += bytes.readUInt16LE(at);
  const [columnCount, after] = readLength(bytes, at);
  const size = (columnCount + 7) >> 3;
  at = after;
  const present = bytes.subarray(at, at + size);
  at += size;
  const presentAfter = change === "update" ? bytes.subarray(at, at + size) : undefined;
  if (change === "update") at += size;
  const values = isCompressed ? inflate(bytes, at, stop) : undefined;
  const place = values === undefined ? { bytes, start: at, end: stop } : { bytes: values, start: 0, end: values.length };
  return { kind: "rows", change, tableId, rows: { columnCount, present, presentAfter, ...place } } as const;
}

/** MariaDB's log_bin_compress: a byte with the size of the length, the length, and a zlib stream. */
function inflate(bytes: Buffer, start: number, stop: number): Buffer {
  const head = bytes[start] as number;
  if ((head & 0x80) === 0 || (head & 0x70) !== 0) throw new UnreadableEvent(`a compressed event with the head ${head}`);
  return inflateSync(bytes.subarray(start + 1 + (head & 7), stop));
}
