/** The errors of tap-duckdb, beside those of every DuckDB plugin and of every tap that reads files. */
import { duckdbErrorCatalogue } from "@tapline/duckdb";
import { defineErrors, type ErrorEntry, fileErrorCatalogue } from "@tapline/sdk";
import { sqlTapErrorCatalogue } from "@tapline/sql-tap";

export const tapDuckdbErrorCatalogue = {
  source_missing: {
    class: "config",
    message: () => "Neither filepath nor files is set, so there is nothing to read",
    hint: "Set filepath to a DuckDB file, or files to a list such as [{entity: orders, path: data/*.parquet}].",
  },
  no_tables: {
    class: "config",
    message: (p: { path: string; settings: string }) =>
      `There is no table in ${p.path}${p.settings === "" ? "" : ` that ${p.settings} takes`}`,
    hint: "Correct filter_schemas and filter_tables, or filepath.",
  },
  extension_needed: {
    class: "config",
    message: (p: { extension: string; reason: string }) => `DuckDB needs its extension ${p.extension}: ${p.reason}`,
    hint: (p: { extension: string }) =>
      `This tap downloads nothing. Install the extension of DuckDB 1.5.5 once (duckdb -c "INSTALL ${p.extension}", or pip install duckdb-extension-${p.extension}==1.5.5 and give the path of its .duckdb_extension file), and name it in the setting extensions.`,
  },
  extension_unusable: {
    class: "config",
    message: (p: { extension: string; reason: string }) => `The extension ${p.extension} can't be loaded: ${p.reason}`,
    hint: 'Give the path of a .duckdb_extension file of exactly DuckDB 1.5.5 for this machine, or the name of one that duckdb -c "INSTALL …" of that version has installed.',
  },
  outside_refused: {
    class: "config",
    message: (p: { reason: string }) => `A view reads what is outside of the database: ${p.reason}`,
    hint: "Set external_access: true to let views read the files and addresses that they name, or leave the view out with filter_tables.",
  },
  table_unreadable: {
    class: "config",
    message: (p: { table: string; reason: string }) => `${p.table} can't be read: ${p.reason}`,
    hint: "Correct the view in the database, or deselect it.",
  },
  bookmark_refused: {
    class: "config",
    message: (p: { value: string; column: string; type: string }) =>
      `The bookmark ${JSON.stringify(p.value)} is no value of ${JSON.stringify(p.column)}, which is ${p.type}`,
    hint: "The column has another type than when the bookmark was written. Clear the stream's state to read everything again.",
  },
  folder_without_files: {
    class: "config",
    message: (p: { path: string; endings: readonly string[] }) =>
      `The folder ${p.path} contains no file that ends with ${p.endings.join(", ")}`,
    hint: "Check the path and format. Hidden files do not count. To read folders inside it, use a pattern with **.",
  },
  format_unknown: {
    class: "config",
    message: (p: { path: string; known: string }) => `The name of ${p.path} does not tell its format`,
    hint: (p: { known: string }) => `Set format to one of ${p.known}.`,
  },
  file_broken: {
    class: "data",
    message: (p: { path: string; reason: string }) => `${p.path} can't be read as it is: ${p.reason}`,
    hint: "Check that the file is whole and of this format. If a program still writes it, run again when it is done.",
  },
  duckdb_failed: {
    class: "data",
    message: (p: { what: string; reason: string }) => `${p.what}: DuckDB reports: ${p.reason}`,
    hint: "If DuckDB's message does not show the cause, report it with that message.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors({ ...duckdbErrorCatalogue, ...fileErrorCatalogue, ...sqlTapErrorCatalogue, ...tapDuckdbErrorCatalogue });
