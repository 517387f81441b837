/** A query for the most digits that the numbers of a column have. */

/** It reads the text of the values, which for doubles is the shortest one that reads back the same: 0.1, 1e-07, 1.5e+22. */
export function measure(table: string, column: string): string {
  const number = "'^-?0*(\\d*?)(?:\\.(\\d*?)0*)?(?:e([+-]?\\d+))?$'";
  const part = (index: number): string => `regexp_extract(t, ${number}, ${index})`;
  const power = `coalesce(TRY_CAST(${part(3)} AS INTEGER), 0)`;
  const isDecimal = `regexp_matches(t, ${number})`;
  return `SELECT CASE WHEN bool_and(${isDecimal}) THEN max(greatest(length(${part(1)}) + ${power}, 0)) END,
      CASE WHEN bool_and(${isDecimal}) THEN max(greatest(length(${part(2)}) - ${power}, 0)) END
    FROM (SELECT CAST(${column} AS VARCHAR) AS t FROM ${table} WHERE ${column} IS NOT NULL)
    HAVING count(*) > 0`;
}
