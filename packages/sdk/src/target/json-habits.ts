/**
 * How taps send the values of JSON columns, though the SCHEMA declares an object: as JSON text (pipelinewise-tap-postgres does so where it
 * reads the log), or as a list where the declaration only stands for "any JSON". Both are taken, and reported. Only rows that do not fit
 * their schema are looked at.
 */
import { type JsonSchema, parseLine, type Row } from "@tapline/protocol";
import type { Problem, RecordValidator } from "./validate.ts";

/** Called for each value that is taken, with the input line and the kind of `Tolerated`. */
export type OnHabit = (line: number, kind: "json_text" | "list_for_object", column: string, value: unknown) => void;

/** Puts the JSON of texts into the row. Returns the first problem that is left. */
export type TolerantValidator = (
  row: Row,
  mayHoldExact: boolean,
  unchanged: readonly string[],
  line: number,
  onHabit: OnHabit,
) => Problem | undefined;

/** @param schema a resolved one, which `problemOf` checks */
export function toleratingJson({ properties = {} }: JsonSchema, problemOf: RecordValidator): TolerantValidator {
  return (row, mayHoldExact, unchanged, line, onHabit) => {
    let problem = problemOf(row, mayHoldExact, unchanged);
    if (problem === undefined) return undefined;
    const habits: Parameters<OnHabit>[] = [];
    /** As `row`, with an empty object for each list. */
    const checked = { ...row };
    const parsed: Row = {};
    while (problem !== undefined) {
      const { column } = problem;
      if (column === undefined || !Object.hasOwn(properties, column) || habits.some(([, , known]) => known === column)) return problem;
      const schema = properties[column] as JsonSchema;
      const value = row[column];
      const found = typeof value === "string" ? jsonIn(value, schema) : value;
      if (!takesNested(found, schema)) return problem;
      habits.push([line, found === value ? "list_for_object" : "json_text", column, value]);
      parsed[column] = found;
      checked[column] = Array.isArray(found) && !typesOf(schema).includes("array") ? {} : found;
      problem = problemOf(checked, true, unchanged);
    }
    Object.assign(row, parsed);
    for (const habit of habits) onHabit(...habit);
    return undefined;
  };
}

/** The object or list in a text, where the schema declares only such; else the text. */
function jsonIn(text: string, schema: JsonSchema): unknown {
  if (!/^\s*[[{]/.test(text) || !typesOf(schema).every((type) => type === "object" || type === "array")) return text;
  try {
    const bytes = Buffer.from(text);
    return parseLine(bytes, 0, bytes.length, 0);
  } catch {
    return text;
  }
}

/** Whether the value is nested and of a declared type, or a list where any object may be. */
function takesNested(value: unknown, schema: JsonSchema): boolean {
  const types = typesOf(schema);
  if (Array.isArray(value)) return types.includes("array") || (types.includes("object") && schema.properties === undefined);
  return typeof value === "object" && value !== null && types.includes("object");
}

const typesOf = ({ type }: JsonSchema): string[] => [type ?? []].flat().filter((each) => each !== "null");
