/** The SQL that makes one Singer line of a row: its constant parts as texts, and the JSON text of each column. Pure. */
import { quoteName, quoteText } from "@tapline/columns";
import type { ReadContext } from "@tapline/sdk";
import { call, orNull } from "../wire/json-text.ts";

export interface LineColumn {
  name: string;
  /** SQL of the JSON text of its value; "null" where the source lacks it. */
  text: string;
}

/** `t` is the source. */
export const columnOf = (name: string): string => `t.${quoteName(name)}`;

export function lineSql(columns: readonly LineColumn[], { head, tail }: Pick<ReadContext, "head" | "tail">): string {
  const [start, end] = [Buffer.from(head).toString(), Buffer.from(tail()).toString()];
  const parts = columns.flatMap(({ name, text }, i) => [
    quoteText(`${i === 0 ? `${start}{` : ","}${JSON.stringify(name)}:`),
    text === "null" ? "'null'" : orNull(text),
  ]);
  return call("concat", ...(columns.length === 0 ? [quoteText(`${start}{`)] : parts), quoteText(`}${end}`));
}
