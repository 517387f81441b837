/** Where the value of a column is from: a cell, the file itself (`_sdc_source_…`), or nowhere (null). */
import type { JsonSchema } from "@tapline/sdk";

/** The columns that `add_metadata_columns` adds before the others, with the names and types of MeltanoLabs' tap-csv. */
export const metadataColumns: Readonly<Record<string, JsonSchema>> = {
  _sdc_source_file: { type: ["null", "string"] },
  _sdc_source_file_mtime: { type: ["null", "string"], format: "date-time" },
  _sdc_source_lineno: { type: ["null", "integer"] },
};

export interface SourceFile {
  path: string;
  modifiedAt: Date;
  header: readonly string[];
}

/** Returns, for a column name, the index of its cell, -1 for the line number, or a JSON text for every row. The header takes precedence. */
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
