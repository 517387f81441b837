/**
 * Which column types are written in COPY's binary format, and how. A type is read by a function of the server: only where that is the
 * expected one are both sides sure to mean the same bytes. Pure.
 */
import { type ColumnType, elementsOf, fractionDigits, isMoney } from "@tapline/columns";
import {
  booleanCell,
  dateCell,
  doubleCell,
  instantCell,
  integerCell,
  jsonbCell,
  jsonbVersion,
  jsonCell,
  never,
  numericCell,
  textCell,
} from "./binary-cells.ts";
import {
  instantWriter,
  integerWriter,
  textWriter,
  timeWriter,
  writeBoolean,
  writeBytes,
  writeDate,
  writeDouble,
  writeInterval,
  writeReal,
  writeUuid,
} from "./binary-values.ts";
import type { ColumnFormat } from "./format.ts";
import { numericWriter } from "./numeric.ts";

/** `reader`: the server's function that reads the binary form of the column's type. Undefined where that takes another form than ours. */
export function binaryColumn(type: ColumnType, reader: string | undefined): ColumnFormat | undefined {
  switch (type.kind) {
    case "boolean":
      return reader === "boolrecv" ? { putCell: booleanCell, write: writeBoolean } : undefined;
    case "smallint":
      return reader === "int2recv" ? integer(2) : undefined;
    case "integer":
      return reader === "int4recv" ? integer(4) : undefined;
    case "bigint":
      return reader === "int8recv" ? integer(8) : undefined;
    case "hugeint":
      return undefined;
    case "real":
      return reader === "float4recv" ? { putCell: never, write: writeReal } : undefined;
    case "double":
      return reader === "float8recv" ? { putCell: doubleCell, write: writeDouble } : undefined;
    case "numeric":
    case "decimal":
      return reader === "numeric_recv" && !isMoney(type) ? { putCell: numericCell(type), write: numericWriter(type) } : undefined;
    case "date":
      return reader === "date_recv" ? { putCell: dateCell, write: writeDate } : undefined;
    case "time":
      return reader === "time_recv" ? { putCell: never, write: timeWriter(type) } : undefined;
    case "timestamp":
    case "timestamptz":
      return reader === `${type.kind}_recv` ? instant(type) : undefined;
    case "interval":
      return reader === "interval_recv" ? { putCell: never, write: writeInterval } : undefined;
    case "uuid":
      return reader === "uuid_recv" ? { putCell: never, write: writeUuid } : undefined;
    case "binary":
      return reader === "bytearecv" ? { putCell: never, write: writeBytes } : undefined;
    case "varchar": {
      const isText = reader === "textrecv" || reader === "varcharrecv" || reader === "bpcharrecv";
      const isLimited = type.length !== undefined || type.labels !== undefined;
      return isText ? { putCell: isLimited ? never : textCell, write: textWriter(type) } : undefined;
    }
    case "json":
      return elementsOf(type) === undefined ? json[reader ?? ""] : undefined;
  }
}

function integer(width: 2 | 4 | 8): ColumnFormat {
  return { putCell: integerCell(width), write: integerWriter(width) };
}

function instant(type: ColumnType): ColumnFormat {
  return { putCell: fractionDigits(type) === undefined ? instantCell : never, write: instantWriter(type) };
}

const json: Record<string, ColumnFormat> = {
  json_recv: { putCell: jsonCell, write: textWriter({ kind: "json" }) },
  jsonb_recv: { putCell: jsonbCell, write: textWriter({ kind: "json" }, jsonbVersion) },
};
