/** Which functions of the server read the binary form of a table's columns: what decides the format of a COPY into it. */
import { quoteText } from "@tapline/columns";
import type { Session } from "@tapline/postgres";

const temporary = /^pg_temp\./;

/**
 * By column, for types of the server itself. No other session can change the columns before the transaction ends: that of a table which
 * others see is locked as COPY will lock it. Empty where the role may not lock it.
 * @param landing quoted and qualified. @throws the error that `explainFailure` makes, for example of a lock that was not had in time
 */
export async function binaryReaders({ execute }: Session, landing: string, table: string): Promise<ReadonlyMap<string, string>> {
  const find = async (): Promise<ReadonlyMap<string, string>> => {
    const { rows } = await execute(
      `SELECT a.attname, f.proname FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
         JOIN pg_catalog.pg_proc AS f ON f.oid = t.typreceive
        WHERE a.attrelid = ${quoteText(landing)}::regclass AND a.attnum > 0 AND NOT a.attisdropped AND f.pronamespace = 'pg_catalog'::regnamespace
          AND has_table_privilege(a.attrelid, 'INSERT, UPDATE, DELETE, TRUNCATE')`,
      { table },
    );
    return new Map(rows.map(([column, reader]) => [String(column), String(reader)]));
  };
  const found = await find();
  if (temporary.test(landing) || found.size === 0) return found;
  await execute(`LOCK TABLE ONLY ${landing} IN ROW EXCLUSIVE MODE`, { table });
  return find();
}

/**
 * The same for a table as it is now, which may not be there; "" for types of others. Others may change it until it is locked. @param table quoted
 * and qualified. @throws the error that `explainFailure` makes
 */
export async function presentReaders({ execute }: Session, table: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await execute(
    `SELECT a.attname, CASE WHEN f.pronamespace = 'pg_catalog'::regnamespace THEN f.proname ELSE '' END
       FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid JOIN pg_catalog.pg_proc AS f ON f.oid = t.typreceive
      WHERE a.attrelid = to_regclass(${quoteText(table)}) AND a.attnum > 0 AND NOT a.attisdropped`,
    { table },
  );
  return new Map(rows.map(([column, reader]) => [String(column), String(reader)]));
}
