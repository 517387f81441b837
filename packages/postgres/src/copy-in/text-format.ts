/** COPY's text format: values with a tab after each, and a line for each row. Pure. Source: PostgreSQL manual, COPY, "Text Format". */
import { type ColumnType, copyBytes, elementsOf, Refusal, writeUtf8 } from "@tapline/columns";
import { escapeCopy } from "./escape.ts";
import type { ColumnFormat, CopyFormat } from "./format.ts";
import { nullSize, segmentsOf, viewed } from "./scratch.ts";
import { cellPutter } from "./text-cells.ts";
import { type ValueText, valueText } from "./value-text.ts";

const [tab, lineEnd] = [0x09, 0x0a];
const nullText = Buffer.from("\\N");

export const textFormat: CopyFormat = {
  name: "text",
  head: Buffer.alloc(0),
  tail: Buffer.alloc(0),
  join(scratch, take, count, segments) {
    const { froms, sizes, columns, rows, beside } = scratch;
    let total = count * columns;
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < count; row++) {
        const size = sizes[column * rows + row] as number;
        total += size === nullSize ? nullText.length : size;
      }
    }
    const joined = viewed(take(total));
    let at = 0;
    for (const segment of segmentsOf(count, segments)) {
      for (let row = segment.from; row < segment.end; row++) {
        for (let index = row; index < columns * rows; index += rows) {
          const size = sizes[index] as number;
          if (size === nullSize) {
            joined.bytes.set(nullText, at);
            at += nullText.length;
          } else {
            const start = froms[index] as number;
            copyBytes(start < 0 ? beside : segment, start < 0 ? ~start : start, size, joined, at);
            at += size;
          }
          joined.bytes[at++] = tab;
        }
        joined.bytes[at - 1] = lineEnd;
      }
    }
    return joined.bytes;
  },
};

export function textColumn(type: ColumnType): ColumnFormat {
  const spell = escapedText(type);
  return {
    putCell: cellPutter(type),
    write(value, out) {
      const text = spell(value);
      out.reserve(text.length * 3);
      out.length += writeUtf8(out.bytes, out.length, text);
    },
  };
}

function escapedText(type: ColumnType): ValueText {
  const elements = elementsOf(type);
  if (elements !== undefined) return list(escapedText(elements));
  const spell = valueText(type);
  const mayNeedEscapes = type.kind === "varchar" || type.kind === "json" || type.kind === "binary";
  return mayNeedEscapes ? (value) => escapeCopy(spell(value)) : spell;
}

/**
 * An array literal quotes each element and escapes quotes and backslashes in it by a backslash, which COPY escapes again. The element is
 * already written for COPY, where a backslash is two and a newline "\\n". Source: manual, 8.15.6.
 */
function list(element: ValueText): ValueText {
  const quote = (value: unknown): string =>
    value === null ? "NULL" : `"${element(value).replace(/\\\\|"/g, (found) => (found === '"' ? '\\\\"' : "\\\\\\\\"))}"`;
  return (value) => {
    if (!Array.isArray(value)) throw new Refusal("wrong_type");
    return `{${value.map(quote).join(",")}}`;
  };
}
