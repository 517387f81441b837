/** Where a column's value comes from in one file: a cell, the file itself (`_sdc_source_…`), or nowhere. */
import type { JsonSchema } from "@tapline/sdk";

/** Columns that `add_metadata_columns` adds, before the file's own; names and types as MeltanoLabs' tap-csv has them. */
export const metadataColumns: Readonly<Record<string, JsonSchema>> = {
  _sdc_source_file: { type: ["null", "string"] },
  _sdc_source_file_mtime: { type: ["null", "string"], format: "date-time" },
  _sdc_source_lineno: { type: ["null", "integer"] },
};

/** For a column its cell's number, -1 for the line number, or the JSON that it is in every row. The header goes first. */
export interface SourceFile {
  path: string;
  modifiedAt: Date;
  header: readonly string[];
}

export function sourceColumns(table: SourceFile): (name: string) => number | string {
  const cells = new Map(table.header.map((name, cell) => [name, cell]));
  return (name) => {
    const cell = cells.get(name);
    if (cell !== undefined) return cell;
    if (name === "_sdc_source_file") return JSON.stringify(table.path);
    if (name === "_sdc_source_file_mtime") return JSON.stringify(table.modifiedAt);
    return name === "_sdc_source_lineno" ? -1 : "null";
  };
}
