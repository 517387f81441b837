/** A value of DuckDB as JSON text: numbers with all their digits, nested values as JSON, everything else as the text that DuckDB shows. Pure. */
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";

/** Writes the JSON text of each value of one column. */
export type CellWriter = (value: DuckDBValue) => string;

type Api = typeof import("@duckdb/node-api");

/** The library is an argument because it is loaded only when it is needed. */
export function cellWriter(api: Api, type: DuckDBType): CellWriter {
  const { DuckDBTypeId: ids } = api;
  const write = writerOf();
  return (value) => (value === null ? "null" : write(value));

  function writerOf(): CellWriter {
    if (type.alias === "JSON") return (value) => jsonOr(String(value));
    if (type instanceof api.DuckDBListType || type instanceof api.DuckDBArrayType) {
      const item = cellWriter(api, type.valueType);
      return (value) => `[${(value as { items: readonly DuckDBValue[] }).items.map(item).join(",")}]`;
    }
    if (type instanceof api.DuckDBStructType) {
      const entries = type.entryNames.map((name, at) => [name, cellWriter(api, type.entryTypes[at] as DuckDBType)] as const);
      return (value) => {
        const fields = (value as { entries: Record<string, DuckDBValue> }).entries;
        return `{${entries.map(([name, field]) => `${JSON.stringify(name)}:${field(fields[name] ?? null)}`).join(",")}}`;
      };
    }
    if (type instanceof api.DuckDBMapType) {
      const field = cellWriter(api, type.valueType);
      return (value) => {
        const { entries } = value as { entries: readonly { key: DuckDBValue; value: DuckDBValue }[] };
        return `{${entries.map((entry) => `${JSON.stringify(String(entry.key))}:${field(entry.value)}`).join(",")}}`;
      };
    }
    switch (type.typeId) {
      case ids.BOOLEAN:
      case ids.TINYINT:
      case ids.SMALLINT:
      case ids.INTEGER:
      case ids.BIGINT:
      case ids.HUGEINT:
      case ids.UTINYINT:
      case ids.USMALLINT:
      case ids.UINTEGER:
      case ids.UBIGINT:
      case ids.UHUGEINT:
      case ids.BIGNUM:
      case ids.DECIMAL:
        return String;
      case ids.DOUBLE:
        return (value) => finiteOr(value as number, String);
      case ids.FLOAT:
        return (value) => finiteOr(value as number, shortestFloat);
      default:
        return (value) => JSON.stringify(String(value));
    }
  }
}

/** JSON has no NaN and no infinity. */
function finiteOr(value: number, write: (value: number) => string): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value));
  return Object.is(value, -0) ? "-0.0" : write(value);
}

/** The shortest text that is this single: the double that it becomes in JavaScript has digits that were never stored. */
function shortestFloat(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(value);
}

/** DuckDB also stores NaN as JSON. */
function jsonOr(text: string): string {
  try {
    JSON.parse(text);
    // Line ends in JSON are only between its parts.
    return text.replaceAll(/[\r\n]+/g, " ");
  } catch {
    return JSON.stringify(text);
  }
}
