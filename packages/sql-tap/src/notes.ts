/** What taps tell of values that do not arrive as they are. Pure. */

/** Singer has one null, and JSON columns have two. `label`: the table or file. */
export function jsonNullWarning(label: string, column: string, count: number): string {
  return `column ${JSON.stringify(column)} of ${label} has JSON's null in ${count} ${count === 1 ? "row" : "rows"}: it is sent as null, so it arrives as NULL`;
}

interface TypedColumn {
  typeName: string;
  wire: { isUnknown?: boolean };
}

/** Names each type of which the tap knows nothing, once; undefined where there is none. `system`: the database's name. */
export function unknownTypesNote(tables: readonly { columns: readonly TypedColumn[] }[], system: string): string | undefined {
  const unknown = new Set(tables.flatMap(({ columns }) => columns.filter(({ wire }) => wire.isUnknown).map(({ typeName }) => typeName)));
  return unknown.size === 0 ? undefined : `columns of the type ${[...unknown].join(", ")} are sent as the text that ${system} writes`;
}
