/** Where in the input an error happened: its schema, its type, its reader, and the words for it. */

import { type Static, Type } from "./type.ts";
import { isObject } from "./wire/json.ts";

export const positionSchema = Type.Object(
  {
    stream: Type.Optional(Type.String({ description: "Name of the stream" })),
    file: Type.Optional(Type.String()),
    line: Type.Optional(Type.Integer({ description: "Counts from 1" })),
    offset: Type.Optional(Type.Integer({ description: "The character in the line, from 1" })),
    column: Type.Optional(Type.String({ description: "A column's name" })),
    setting: Type.Optional(Type.String({ description: "A setting of the plugin: keys and list indexes with dots, as in files.0.path" })),
  },
  { description: "Where it happened" },
);

/**
 * Every field is optional. `line` counts from 1, `offset` is the character in that line, from 1, `column` is a column's name, and
 * `setting` is the path of a setting that is wrong, with which the runner finds its line in tapline.yml.
 */
export type Position = Static<typeof positionSchema>;

/** The position in an error that any plugin reports; fields of another form are left out. */
export function readPosition(value: unknown): Position {
  if (!isObject(value)) return {};
  const { stream, file, line, offset, column, setting } = value;
  return {
    ...(typeof stream === "string" ? { stream } : {}),
    ...(typeof file === "string" ? { file } : {}),
    ...(Number.isInteger(line) ? { line: line as number } : {}),
    ...(Number.isInteger(offset) ? { offset: offset as number } : {}),
    ...(typeof column === "string" ? { column } : {}),
    ...(typeof setting === "string" ? { setting } : {}),
  };
}

/** `stream "items", file a.csv, line 7, column "Price"`, or `stream "items", input line 7`; "" when nothing is known. */
export function describePosition({ stream, file, line, offset, column }: Position): string {
  const parts: string[] = [];
  if (stream !== undefined) parts.push(`stream ${JSON.stringify(stream)}`);
  if (file !== undefined) parts.push(`file ${file}`);
  // Without a file, it is a line of the messages on stdin, which is not the line of any source file.
  if (line !== undefined) parts.push(file === undefined ? `input line ${line}` : `line ${line}`);
  if (offset !== undefined) parts.push(`character ${offset}`);
  if (column !== undefined) parts.push(`column ${JSON.stringify(column)}`);
  return parts.join(", ");
}
