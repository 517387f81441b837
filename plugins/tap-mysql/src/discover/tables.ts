/** Finds the tables and views that the user may read, with columns, keys and comments. */
import type { SourceColumn, SourceTable } from "@tapline/sql-tap";
import { quoteText } from "../quote.ts";
import type { Session } from "../session/session.ts";
import { type TypeOptions, type WireType, wireType } from "./types.ts";

export interface MysqlColumn extends SourceColumn {
  wire: WireType;
  /** COLUMN_TYPE: as the server spells it. */
  typeName: string;
  /** DATA_TYPE. */
  baseType: string;
  /** Of a text. */
  charset: string | undefined;
  /** The log has its values. MariaDB logs generated columns too; of MySQL that is not tested, so they are left out. */
  isInLog: boolean;
  /** Rows that were there before the column may have a value in it that no change of the log told. */
  hasDefault: boolean;
}

export interface MysqlTable extends SourceTable {
  columns: readonly MysqlColumn[];
  /** InnoDB, MyISAM, …; undefined for a view. */
  engine: string | undefined;
  /** The server keeps old versions of its rows. */
  isVersioned: boolean;
  /** An index begins with the columns of the key, whole. */
  hasKeyOrder: boolean;
}

/** Of the server itself. */
const ownSchemas = ["mysql", "information_schema", "performance_schema", "sys"];

/** Tables as they are now: the server's list of tables is in no snapshot. */
export async function findTables(
  session: Session,
  types: TypeOptions,
  takes: (schema: string, table: string) => boolean,
): Promise<MysqlTable[]> {
  const { options, execute } = session;
  const inSchemas =
    options.database === undefined ? `NOT IN (${ownSchemas.map(quoteText).join(", ")})` : `= ${quoteText(options.database)}`;
  const found = (await execute(tablesSql(inSchemas))).filter(([schema, table]) => takes(String(schema), String(table)));
  if (found.length === 0) return [];
  const schemas = [...new Set(found.map(([schema]) => String(schema)))];
  // Few tables are named, so that the server does not open all of them; many are not, for the statement would be long.
  const names = found.length > mostNamed ? [] : found.map(([, name]) => String(name));
  const where = whereOf(schemas, names);
  const json = await jsonColumns(session, where);
  const columns = groupBy(await execute(columnsSql(where)), (row) =>
    mysqlColumn(row, types, { json, isMariadb: session.version.isMariadb }),
  );
  const indexes = groupBy(await execute(indexesSql(where)), ([, , index, notUnique, column, prefix, nullable]) => ({
    index: String(index),
    isUnique: notUnique === "0",
    column,
    isPrefix: prefix !== null,
    isNullable: nullable === "YES",
  }));
  return found.map(([schema, name, type, engine, comment, rows]) => {
    const id = idOf(schema, name);
    const own = columns.get(id) ?? [];
    const isView = type === "VIEW";
    const { keys, isWhole } = keyOf(indexes.get(id) ?? []);
    const readable = keys.every((key) => own.some((column) => column.name === key)) ? keys : [];
    return {
      database: String(schema),
      schema: String(schema),
      name: String(name),
      isView,
      isVersioned: type === "SYSTEM VERSIONED",
      engine: engine ?? undefined,
      // The comment of every view is VIEW.
      comment: comment === null || comment === "" || isView ? undefined : comment,
      rowEstimate: rows === null || isView ? undefined : Number(rows),
      keys: readable,
      hasKeyOrder: isWhole && readable.length > 0,
      columns: own,
    };
  });
}

const mostNamed = 500;

function whereOf(schemas: readonly string[], names: readonly string[]): string {
  const inSchemas = `table_schema IN (${schemas.map(quoteText).join(", ")})`;
  return names.length === 0 ? inSchemas : `${inSchemas} AND table_name IN (${names.map(quoteText).join(", ")})`;
}

const tablesSql = (schemas: string): string => `
  SELECT table_schema, table_name, table_type, engine, table_comment, table_rows FROM information_schema.tables
  WHERE table_schema ${schemas} AND table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY table_schema, table_name`;

/** Only columns that the user may read. */
const columnsSql = (where: string): string => `
  SELECT table_schema, table_name, column_name, data_type, column_type, is_nullable, column_default, extra, column_comment,
    numeric_precision, numeric_scale, character_set_name, generation_expression
  FROM information_schema.columns WHERE ${where} AND FIND_IN_SET('select', privileges)
  ORDER BY table_schema, table_name, ordinal_position`;

const indexesSql = (where: string): string => `
  SELECT table_schema, table_name, index_name, non_unique, column_name, sub_part, nullable FROM information_schema.statistics
  WHERE ${where} ORDER BY table_schema, table_name, index_name <> 'PRIMARY', index_name, seq_in_index`;

/** MariaDB's JSON is a longtext with a check of this form. */
async function jsonColumns({ execute, version }: Session, where: string): Promise<ReadonlySet<string>> {
  if (!version.isMariadb) return new Set();
  const checks = where.replaceAll("table_schema", "constraint_schema");
  const rows = await execute(
    `SELECT constraint_schema, table_name, check_clause FROM information_schema.check_constraints WHERE ${checks} AND check_clause LIKE 'json_valid(%'`,
  );
  const found = rows.flatMap(([schema, table, clause]) => {
    const [, column] = /^json_valid\(`((?:[^`]|``)+)`\)$/.exec(clause ?? "") ?? [];
    return column === undefined ? [] : [JSON.stringify([schema, table, column.replaceAll("``", "`")])];
  });
  return new Set(found);
}

type Row = readonly (string | null)[];

function mysqlColumn(row: Row, types: TypeOptions, { json, isMariadb }: { json: ReadonlySet<string>; isMariadb: boolean }): MysqlColumn {
  const [schema, table, name, baseType, spelled, nullable, defaultSql, extra, comment, precision, scale, charset, generated] = row;
  const found = {
    name: String(baseType).toLowerCase(),
    spelled: String(spelled),
    precision: precision === null ? undefined : Number(precision),
    scale: scale === null ? undefined : Number(scale),
    charset: typeof charset === "string" && charset !== "binary" ? charset : undefined,
    isJson: json.has(JSON.stringify([schema, table, name])),
  };
  const wire = wireType(found, types);
  const isGenerated = (generated ?? "") !== "" || /\b(VIRTUAL|STORED|PERSISTENT) GENERATED\b/i.test(extra ?? "");
  const isServerTime = found.name === "timestamp" && /^current_timestamp/i.test(defaultSql ?? "");
  return {
    name: String(name),
    property: wire.property,
    isNullable: nullable === "YES",
    comment: comment === null || comment === "" ? undefined : comment,
    cursor: isServerTime && wire.cursor === "time" ? "server-time" : wire.cursor,
    range: wire.range,
    wire,
    typeName: found.spelled,
    baseType: found.name,
    charset: found.charset,
    isInLog: !isGenerated || isMariadb,
    // A column that is NOT NULL has a default of its own.
    hasDefault: isGenerated || nullable !== "YES" || !/^null$/i.test(defaultSql ?? "null") || /auto_increment/i.test(extra ?? ""),
  };
}

interface IndexPart {
  index: string;
  isUnique: boolean;
  /** null: an expression. */
  column: string | null | undefined;
  isPrefix: boolean;
  isNullable: boolean;
}

/** The primary key, or else the first unique one without NULLs. */
function keyOf(parts: readonly IndexPart[]): { keys: readonly string[]; isWhole: boolean } {
  for (const index of new Set(parts.map((part) => part.index))) {
    const own = parts.filter((part) => part.index === index);
    if (own.every(({ isUnique, column, isNullable }) => isUnique && !isNullable && typeof column === "string"))
      return { keys: own.map(({ column }) => String(column)), isWhole: own.every(({ isPrefix }) => !isPrefix) };
  }
  return { keys: [], isWhole: false };
}

const idOf = (schema: unknown, table: unknown): string => JSON.stringify([schema, table]);

function groupBy<T>(rows: readonly Row[], make: (row: Row) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const id = idOf(row[0], row[1]);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [make(row)]);
    else group.push(make(row));
  }
  return groups;
}
