export { type CellWriter, cellWriter } from "./cell-text.ts";
export { firstSentence } from "./first-sentence.ts";
export { type Reading, readRows } from "./read-rows.ts";
export { convert, spelling, typeOf } from "./types.ts";
