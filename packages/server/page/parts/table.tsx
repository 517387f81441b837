/** A table with a name, which scrolls by itself where it is wider than the window. Columns marked wide go on a phone. */
import type { ComponentChildren } from "preact";

export interface Column<T> {
  heading: string;
  cell: (row: T) => ComponentChildren;
  /** Numbers stand at the right. */
  isNumber?: boolean;
  /** A name or a time, which stays on one line. */
  isShort?: boolean;
  /** Sentences, which need some width. */
  isLong?: boolean;
  /** Left out on narrow windows. */
  isWide?: boolean;
}

interface TableOf<T> {
  name: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  /** A row that needs a look. */
  isBad?: (row: T) => boolean;
  /** Its texts are long: on a phone each row becomes a list. */
  isText?: boolean;
}

export function Table<T>({ name, columns, rows, keyOf, isBad, isText }: TableOf<T>) {
  const classOf = ({ isNumber, isShort, isLong, isWide }: Column<T>): string =>
    [isNumber && "number", isShort && "short", isLong && "long", isWide && "wide"].filter(Boolean).join(" ");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section class="scroll" aria-label={name} tabIndex={0}>
      <table class={isText ? "texts-of-rows" : undefined}>
        <caption class="hidden">{name}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.heading} scope="col" class={classOf(column)}>
                {column.heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} data-row class={isBad?.(row) ? "bad" : undefined}>
              {columns.map((column) => (
                <td key={column.heading} class={classOf(column)} data-label={column.heading}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
