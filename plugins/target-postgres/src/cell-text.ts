/** A value as PostgreSQL prints it as JSON text: numbers with all their digits, JSON as JSON, everything else as text. Pure. */

/** int8, int2, int4, oid, float4, float8, numeric. The numbers of the types are part of PostgreSQL's protocol (pg_type.dat). */
const numberTypes = new Set([20, 21, 23, 26, 700, 701, 1700]);
const booleanType = 16;
const jsonTypes = new Set([114, 3802]);

/** `type`: the number of its type. */
export function cellText(value: string | null, type: number): string {
  if (value === null) return "null";
  if (type === booleanType) return value === "t" ? "true" : "false";
  // Line ends in JSON are only between its parts.
  if (jsonTypes.has(type)) return value.replaceAll(/[\r\n]+/g, " ");
  // NaN and Infinity are no numbers in JSON.
  if (numberTypes.has(type) && /^-?\d/.test(value)) return value;
  return JSON.stringify(value);
}
