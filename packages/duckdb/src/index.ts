export { type CellWriter, cellWriter } from "./cell-text.ts";
export { databasePath, expectDatabase } from "./database-file.ts";
export { duckdbErrorCatalogue, duckdbErrors, type FilePath } from "./errors.ts";
export { explainFileFailure } from "./explain-file.ts";
export { firstSentence } from "./first-sentence.ts";
export { measure } from "./measure.ts";
export { type Reading, readRows } from "./read-rows.ts";
export { memoryLimit, threadCount } from "./settings.ts";
export { convert, spelling, typeOf } from "./types.ts";
