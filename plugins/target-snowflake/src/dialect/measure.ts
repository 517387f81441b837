/** A query for the most digits that the numbers of a column have. */
import { quoteText as text } from "./text.ts";

/** It reads the text of the values, which for doubles may have an exponent: 0.1, 1e-07, 1.5e+22. Snowflake has no lazy patterns. */
export function measure(table: string, column: string): string {
  const pattern = text("^-?([0-9]*)([.]([0-9]*))?(e([+-]?[0-9]+))?$");
  const part = (group: number): string => `coalesce(REGEXP_SUBSTR(t, ${pattern}, 1, 1, 'e', ${group}), '')`;
  const power = `coalesce(TRY_CAST(${part(5)} AS NUMBER(38,0)), 0)`;
  const isDecimal = `REGEXP_LIKE(t, ${pattern})`;
  const most = (digits: string): string =>
    `CASE WHEN count(CASE WHEN NOT ${isDecimal} THEN 1 END) = 0 THEN max(greatest(${digits}, 0)) END`;
  return `SELECT ${most(`length(LTRIM(${part(1)}, '0')) + ${power}`)}, ${most(`length(RTRIM(${part(3)}, '0')) - ${power}`)}
    FROM (SELECT TO_VARCHAR(${column}) AS t FROM ${table} WHERE ${column} IS NOT NULL) AS texts
    HAVING count(*) > 0`;
}
