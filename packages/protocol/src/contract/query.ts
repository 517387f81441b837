/**
 * How a target shows rows: its answer to `--query FILE` (capability `query`). The file holds the question. The answer is JSON lines: first
 * the columns, then each row as an array, last the counts. Without the last line the answer is cut. Every cell is JSON as the database has
 * it: numbers keep all their digits, so a program that reads them as doubles may round.
 */
import { type Static, Type } from "../type.ts";
import { isObject, readJson } from "../wire/json.ts";

const limit = Type.Optional(
  Type.Integer({ minimum: 0, description: "Print at most so many rows, and count the others. Default: all rows" }),
);

export const querySchema = Type.Union(
  [
    Type.Object({ sql: Type.String({ description: "One statement that reads, in the SQL of the database" }), limit }),
    Type.Object({
      stream: Type.String({ description: "Rows of this stream's table, in any order" }),
      metadata: Type.Optional(Type.Boolean({ description: "Also the columns whose names start with _sdc_. Default: false" })),
      limit,
    }),
  ],
  { description: "What the file of --query FILE holds" },
);

export type Query = Static<typeof querySchema>;

const resultColumn = Type.Object({
  name: Type.String(),
  type: Type.String({ description: "As the database spells it" }),
});

export type ResultColumn = Static<typeof resultColumn>;

export const queryAnswerSchema = Type.Union(
  [
    Type.Object({ columns: Type.Array(resultColumn) }, { description: "The first line" }),
    Type.Array(Type.Unknown(), { description: "A row: one value for each column" }),
    Type.Object(
      {
        rows: Type.Integer({ description: "Rows printed" }),
        more: Type.Integer({ description: "Rows that the limit left out" }),
      },
      { description: "The last line" },
    ),
  ],
  { description: "A line of what a target prints for --query FILE" },
);

/** A line of an answer. `cells`: the JSON text of each value. */
export type QueryLine =
  | { kind: "columns"; columns: ResultColumn[] }
  | { kind: "row"; cells: string[] }
  | { kind: "end"; rows: number; more: number };

/** A row as a line of an answer, without its "\n". `cells`: the JSON text of each value. */
export function writeQueryRow(cells: readonly string[]): string {
  return `[${cells.join(",")}]`;
}

/** undefined where the value is no question. */
export function readQuery(value: unknown): Query | undefined {
  if (!isObject(value)) return undefined;
  const { sql, stream, metadata, limit: most } = value;
  if (most !== undefined && !(Number.isSafeInteger(most) && (most as number) >= 0)) return undefined;
  if (metadata !== undefined && typeof metadata !== "boolean") return undefined;
  const isQuery = typeof sql === "string" ? stream === undefined && metadata === undefined : typeof stream === "string";
  return isQuery && (sql === undefined || stream === undefined) ? (value as Query) : undefined;
}

/** undefined where the text is no line of an answer. */
export function readQueryLine(line: string): QueryLine | undefined {
  const value = readJson(line);
  if (Array.isArray(value)) return { kind: "row", cells: splitArray(line) };
  if (!isObject(value)) return undefined;
  const { columns, rows, more } = value;
  if (Array.isArray(columns) && columns.every(isColumn)) return { kind: "columns", columns };
  if (Number.isSafeInteger(rows) && Number.isSafeInteger(more)) return { kind: "end", rows: rows as number, more: more as number };
  return undefined;
}

const isColumn = (value: unknown): value is ResultColumn =>
  isObject(value) && typeof value.name === "string" && typeof value.type === "string";

/** The JSON text of each element of a valid array: parsing would round numbers and change the order of keys. */
function splitArray(text: string): string[] {
  const parts: string[] = [];
  const end = text.lastIndexOf("]");
  let start = text.indexOf("[") + 1;
  let depth = 0;
  for (let at = start; at < end; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") depth--;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start, end).trim();
  return last === "" ? parts : [...parts, last];
}

/** The index of the quote that ends the string which starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
}
