/** What taps for SQL databases share. No database is in it: SQL text comes from the tap. */
export { advance, bookmarkText, incrementalState } from "./bookmark.ts";
export { type LateRows, type LateRowsInput, type LateRowsSetting, lateRowsOf, lateRowsWarning } from "./late-rows.ts";
export { nameFilter, unmatchedPatterns } from "./name-filter.ts";
export { type CursorKind, nullable, type SourceColumn, type SourceTable, streamName, streamOf } from "./table.ts";
