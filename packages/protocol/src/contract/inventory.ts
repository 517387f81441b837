/**
 * What a source has beside the rows of its streams: a tap's answer to `--inventory FILE` (capability `inventory`). The file names streams. The
 * answer is JSON lines, one for each of them, and at most one for what belongs to none. It is for people who move to another database.
 */
import { type Static, Type } from "../type.ts";
import { isObject, readObject } from "../wire/json.ts";

export const inventoryQuestionSchema = Type.Object(
  { streams: Type.Array(Type.String(), { description: "tap_stream_ids of the catalog" }) },
  { description: "What the file of --inventory FILE holds" },
);

export type InventoryQuestion = Static<typeof inventoryQuestionSchema>;

const count = (description: string) => Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], { description });

const streamLine = Type.Object({
  stream: Type.String(),
  rows: count("As the source last counted"),
  bytes: count("Of the table, without its indexes"),
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.String({ description: "As the source spells it" }),
      loss: Type.Optional(Type.String({ description: "What a target does not get of it, in words" })),
    }),
  ),
  left_behind: Type.Array(Type.String(), { description: "What no record carries, such as `index orders_by_customer`" }),
});

const othersLine = Type.Object({ others: Type.Array(Type.String(), { description: "Such as `function sales.total()`" }) });

export const inventoryAnswerSchema = Type.Union([streamLine, othersLine], {
  description: "A line of what a tap prints for --inventory FILE",
});

export type InventoryLine = Static<typeof inventoryAnswerSchema>;

/** undefined where the value is no question. */
export function readInventoryQuestion(value: unknown): InventoryQuestion | undefined {
  return isObject(value) && isTexts(value.streams) ? { streams: value.streams } : undefined;
}

/** undefined where the text is no line of an answer. */
export function readInventoryLine(text: string): InventoryLine | undefined {
  const value = readObject(text);
  if (value === undefined) return undefined;
  if (isTexts(value.others)) return { others: value.others };
  const { stream, columns, left_behind: leftBehind } = value;
  const isColumn = (each: unknown): boolean => isObject(each) && typeof each.name === "string" && typeof each.type === "string";
  return typeof stream === "string" && Array.isArray(columns) && columns.every(isColumn) && isTexts(leftBehind)
    ? (value as unknown as InventoryLine)
    : undefined;
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === "string");
