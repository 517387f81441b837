/** The columns of a file, and how a stream's schema takes them in. */

import { quoteName, quoteText } from "@tapline/columns";
import { stringifyOrdered } from "@tapline/protocol";
import { type JsonSchema, orderedEntries, orderedObject, sourceColumn } from "@tapline/sdk";
import { nullable } from "@tapline/sql-tap";
import type { Database } from "../database.ts";
import { columnsOf, type DuckColumn } from "../discover/tables.ts";
import { unionProperty } from "../wire/union-property.ts";
import type { WireType } from "../wire/wire-type.ts";
import { explainFile } from "./explain-file.ts";
import { type Format, formatOf, jsonTexts, parquetSource, typedJson } from "./formats.ts";

export interface FileColumn {
  name: string;
  wire: WireType;
}

export interface ColumnOptions {
  path: string;
  /** What rows say of their file. */
  name: string;
  format: Format | undefined;
  datesAsText: boolean;
  hasSource: boolean;
}

/** With the column for the file's name, if it is wanted. @throws format_unknown and the errors of `explainFile` */
export async function fileColumns(
  database: Database,
  { path, name, format, datesAsText, hasSource }: ColumnOptions,
): Promise<FileColumn[]> {
  const isJson = formatOf(path, format) === "json";
  try {
    const found = await columnsOf(database, isJson ? typedJson(path) : parquetSource(path, false), { datesAsText, notes: new Map() });
    const columns = isJson ? await withFormats(database, path, found) : found;
    return [...(hasSource ? [nameOfFile(name)] : []), ...columns];
  } catch (error) {
    throw explainFile(error, path);
  }
}

const nameOfFile = (name: string): FileColumn => ({
  name: sourceColumn,
  wire: { property: { type: "string" }, text: () => quoteText(JSON.stringify(name)) },
});

const forms: Record<string, string> = {
  date: "\\d{4}-\\d\\d-\\d\\d",
  "date-time": "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)",
};

/** Texts of JSON are sent as they are: only where all have the form of the format has the column one. */
async function withFormats({ query }: Database, path: string, columns: readonly DuckColumn[]): Promise<FileColumn[]> {
  const dated = columns.flatMap(({ name, property }) => {
    const form = forms[String(property.format)];
    return form === undefined ? [] : [{ name, form }];
  });
  const checks = dated.map(({ name, form }) => `count_if(NOT regexp_full_match(${quoteName(name)}, ${quoteText(form)}))`);
  const names = dated.map(({ name }) => name);
  const [counts = []] = dated.length === 0 ? [] : await query(`SELECT ${checks.join(", ")} FROM ${jsonTexts(path, names)}`, path);
  return columns.map(({ name, wire }) => {
    const at = names.indexOf(name);
    const isForm = at >= 0 && Number(counts[at]) === 0;
    const { format, ...property } = wire.property;
    return { name, wire: { ...wire, property: format === undefined || isForm || format === "uuid" ? wire.property : property } };
  });
}

/** The schema with these columns too; the same object where it has them all. */
export function withColumns(schema: JsonSchema, columns: readonly FileColumn[], keys: readonly string[]): JsonSchema {
  const properties = new Map(orderedEntries(schema.properties ?? {}));
  const before = stringifyOrdered([...properties]);
  for (const { name, wire } of columns) {
    const property = keys.includes(name) ? wire.property : nullable(wire.property);
    const known = properties.get(name);
    properties.set(name, known === undefined ? property : unionProperty(known, property));
  }
  return stringifyOrdered([...properties]) === before ? schema : { ...schema, properties: orderedObject([...properties]) };
}
