/** SQL that makes JSON text of values, so that rows leave DuckDB as lines. Each piece is NULL for NULL. Pure. */
import { quoteText } from "@tapline/columns";

/** A function of DuckDB itself: a database may have macros with the same name. */
export const call = (name: string, ...args: readonly string[]): string => `system.main.${name}(${args.join(", ")})`;

export const asText = (value: string): string => `CAST(${value} AS VARCHAR)`;

/** Text without characters that JSON escapes. */
export const word = (value: string): string => `CASE WHEN ${value} IS NOT NULL THEN ${call("concat", "'\"'", asText(value), "'\"'")} END`;

export const string = (value: string): string => asText(call("to_json", asText(value)));

/** The value, or JSON's null. */
export const orNull = (value: string): string => `coalesce(${value}, 'null')`;

/** DuckDB writes .5 for a decimal without digits before its point. */
export const decimal = (value: string, hasWholeDigits: boolean): string =>
  hasWholeDigits ? asText(value) : call("regexp_replace", asText(value), "'^(-?)\\.'", "'\\10.'");

/** `quote`: whether values without a number in JSON become strings. */
export function float(value: string, quote: boolean): string {
  const mark = (text: string): string => quoteText(quote ? `"${text}"` : text);
  return `CASE WHEN ${call("isfinite", value)} THEN ${asText(value)} WHEN ${call("isnan", value)} THEN ${mark("NaN")} WHEN ${value} > 0 THEN ${mark("Infinity")} WHEN ${value} < 0 THEN ${mark("-Infinity")} END`;
}

/**
 * A finite TIMESTAMP, which is taken as UTC. Its day and its time are written apart, because that takes a third of the time that a
 * replacement in the text takes.
 */
export function instant(value: string): string {
  const parts = ["DATE", "TIME"].map((type) => asText(`CAST(${value} AS ${type})`));
  return `CASE WHEN ${value} IS NOT NULL THEN ${call("concat", "'\"'", parts[0] as string, "'T'", parts[1] as string, "'Z\"'")} END`;
}

/** A finite TIMESTAMPTZ in UTC, without the calendars of ICU, which take four times as long. */
export const zonedInstant = (value: string): string => instant(call("make_timestamp", call("epoch_us", value)));

export const base64 = (value: string): string => `('"' || ${call("to_base64", value)} || '"')`;

/** Line ends in JSON are only between its parts. */
export const json = (value: string): string => call("translate", asText(value), `${call("chr", "10")} || ${call("chr", "13")}`, "'  '");

/** `name`: of the variable; `item`: the JSON text of one. */
export function list(value: string, name: string, item: string): string {
  const items = call("list_transform", value, `lambda ${name}: ${orNull(item)}`);
  return `CASE WHEN ${value} IS NOT NULL THEN ${call("concat", "'['", call("array_to_string", items, "','"), "']'")} END`;
}

export function object(value: string, fields: readonly (readonly [name: string, text: string])[]): string {
  const parts = fields.flatMap(([name, text], i) => [quoteText(`${i === 0 ? "" : ","}${JSON.stringify(name)}:`), orNull(text)]);
  return `CASE WHEN ${value} IS NOT NULL THEN ${call("concat", "'{'", ...parts, "'}'")} END`;
}

/** A struct without names. */
export function tuple(value: string, items: readonly string[]): string {
  const parts = items.flatMap((text, i) => [...(i === 0 ? [] : ["','"]), orNull(text)]);
  return `CASE WHEN ${value} IS NOT NULL THEN ${call("concat", "'['", ...parts, "']'")} END`;
}

export function map(value: string, name: string, item: string): string {
  const key = string(`struct_extract(${name}, 'key')`);
  const entries = call("list_transform", call("map_entries", value), `lambda ${name}: ${call("concat", key, "':'", orNull(item))}`);
  return `CASE WHEN ${value} IS NOT NULL THEN ${call("concat", "'{'", call("array_to_string", entries, "','"), "'}'")} END`;
}
