/** What taps for SQL databases share. No database is in it: SQL text comes from the tap. */
export { advance, bookmarkText, incrementalState, nextVersion } from "./bookmark.ts";
export { defaultCursor } from "./default-cursor.ts";
export { sqlTapErrorCatalogue, sqlTapErrors } from "./errors.ts";
export { type LateRows, type LateRowsInput, type LateRowsSetting, lateRowsOf, lateRowsWarning } from "./late-rows.ts";
export { logGroupOf, sendWhole } from "./log-group.ts";
export { namePatterns } from "./name-filter.ts";
export { jsonNullWarning, unknownTypesNote } from "./notes.ts";
export { type RangeKind, type RangeSettings, type ReadRange, rangeKeys, rangeSettings, readRange, stateAtEnd } from "./range.ts";
export {
  type CursorKind,
  expectColumns,
  expectOwnNames,
  nullable,
  type SourceColumn,
  type SourceTable,
  streamName,
  streamOf,
  tableName,
  widened,
} from "./table.ts";
export { type TableChoice, type TableChoiceSettings, tableChoice } from "./table-choice.ts";
