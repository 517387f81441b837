/**
 * Which tables are streams, by the settings filter_schemas and filter_tables, and which patterns match nothing. The ledger of loads never is
 * one: a copy of it would say of another database what was loaded there.
 */
import { ledgerTable } from "@tapline/protocol";
import { nameFilter, patternList, unmatchedPatterns } from "./name-filter.ts";

export interface TableChoice {
  /** Ask it for every table that there is. */
  takes(schema: string, table: string): boolean;
  /** The settings that leave tables out, with their values; "" where none does. */
  readonly settings: string;
  /** Patterns that match none of the tables that were asked for, each with its setting. */
  unmatched(): string[];
}

export interface TableChoiceSettings {
  filter_schemas?: string | readonly string[] | undefined;
  filter_tables?: string | readonly string[] | undefined;
}

export function tableChoice({ filter_schemas, filter_tables }: TableChoiceSettings): TableChoice {
  const [schemas, tables] = [patternList(filter_schemas), patternList(filter_tables)];
  const [takesSchema, takesTable] = [nameFilter(schemas), nameFilter(tables)];
  const offered: { schema: string; table: string }[] = [];
  const described = Object.entries({ filter_schemas: schemas, filter_tables: tables });
  return {
    takes(schema, table) {
      if (table === ledgerTable) return false;
      offered.push({ schema, table: `${schema}.${table}` });
      return takesSchema(schema) && takesTable(`${schema}.${table}`);
    },
    settings: described.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${JSON.stringify(value)}`])).join(" and "),
    unmatched: () => [
      ...unmatchedPatterns(
        schemas,
        offered.map(({ schema }) => schema),
      ).map((pattern) => `filter_schemas ${JSON.stringify(pattern)}`),
      ...unmatchedPatterns(
        tables,
        offered.map(({ table }) => table),
      ).map((pattern) => `filter_tables ${JSON.stringify(pattern)}`),
    ],
  };
}
