/**
 * Which tables are streams, by the settings filter_schemas and filter_tables, and which patterns match nothing and were meant for what. The ledger of loads never is
 * one: a copy of it would say of another database what was loaded there.
 */
import { didYouMean, ledgerTable } from "@tapline/protocol";
import { nameFilter, patternList, unmatchedPatterns } from "./name-filter.ts";

export interface TableChoice {
  /** Ask it for every table that there is. */
  takes(schema: string, table: string): boolean;
  /** The settings that leave tables out, with their values and what was likely meant by them; "" where none does. */
  readonly settings: string;
  /** Patterns that match none of the tables that were asked for, each with its setting, and with the name that was likely meant. */
  unmatched(): string[];
}

export interface TableChoiceSettings {
  filter_schemas?: string | readonly string[] | undefined;
  filter_tables?: string | readonly string[] | undefined;
}

export function tableChoice({ filter_schemas, filter_tables }: TableChoiceSettings): TableChoice {
  const [schemas, tables] = [patternList(filter_schemas), patternList(filter_tables)];
  const [takesSchema, takesTable] = [nameFilter(schemas), nameFilter(tables)];
  const [schemaNames, tableNames] = [new Set<string>(), new Set<string>()];
  return {
    takes(schema, table) {
      if (table === ledgerTable) return false;
      schemaNames.add(schema);
      tableNames.add(`${schema}.${table}`);
      return takesSchema(schema) && takesTable(`${schema}.${table}`);
    },
    get settings() {
      return [...described("filter_schemas", schemas, schemaNames), ...described("filter_tables", tables, tableNames)].join(" and ");
    },
    unmatched: () => [...unmatched("filter_schemas", schemas, schemaNames), ...unmatched("filter_tables", tables, tableNames)],
  };
}

function described(setting: string, patterns: readonly string[] | undefined, names: ReadonlySet<string>): string[] {
  if (patterns === undefined) return [];
  return [`${setting} ${JSON.stringify(patterns)}${patterns.map((pattern) => likelyMeant(pattern, names)).join("")}`];
}

function unmatched(setting: string, patterns: readonly string[] | undefined, names: ReadonlySet<string>): string[] {
  return unmatchedPatterns(patterns, [...names]).map((pattern) => `${setting} ${JSON.stringify(pattern)}${likelyMeant(pattern, names)}`);
}

/** A pattern with wildcards was meant for several names. */
function likelyMeant(pattern: string, names: ReadonlySet<string>): string {
  const meant = names.has(pattern) || /[*?]/.test(pattern) ? undefined : didYouMean(pattern, names);
  return meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`;
}
