/**
 * Records of JSON as RECORD lines, without a look at each value: what JSON.parse gave, JSON.stringify writes again. Where that would change
 * a value (-0, half a surrogate pair), or a record has columns that are not sent, the rows go the usual way.
 */
import { Lines, type ReadContext, type Row } from "@tapline/sdk";

const changed = ["-0,", "-0}", "-0]", "-0.", "-0 ", "-0\n", "-0\r", "-0e", "-0E", "\\ud", "\\uD"].map((text) => Buffer.from(text));

/** Whether records of these bytes can be written as they were parsed. */
export function isPlainJson(bytes: Buffer): boolean {
  return changed.every((text) => !bytes.includes(text));
}

/** Makes lines of the rows of one stream; undefined where the rows must go the usual way. */
export function lineMaker(context: ReadContext): (rows: readonly Row[]) => Lines | undefined {
  const head = Buffer.from(context.head).toString("utf8");
  let columns: readonly string[] = [];
  let known = new Set<string>();
  return (rows) => {
    if (context.columns !== columns) {
      columns = context.columns;
      known = new Set(columns);
    }
    const tail = Buffer.from(context.tail()).toString("utf8");
    let text = "";
    for (const row of rows) {
      for (const name in row) if (!known.has(name)) return undefined;
      text += head + JSON.stringify(row) + tail;
    }
    return new Lines(Buffer.from(text), rows.length);
  };
}
