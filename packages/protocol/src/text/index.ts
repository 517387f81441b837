/** Lays out text for terminals. A separate entry, so that commands that only print need not load the rest. */
export { type CellAlignment, layOut, layOutWithText, type TableOptions } from "./table.ts";
export { shorten, widthOf } from "./width.ts";
export { wrap } from "./wrap.ts";
