/** Stream maps: the language of their expressions, and how messages are mapped. */
export { mapErrorCatalogue } from "./errors.ts";
export { limits } from "./language/budget.ts";
export { compile } from "./language/compile.ts";
export { ExpressionError } from "./language/expression-error.ts";
export { parse } from "./language/parse.ts";
export { languageParts } from "./language-parts.ts";
export { openMapper, type StreamMapper } from "./mapper.ts";
export { readStreamMaps } from "./plan/stream-map.ts";
export type { FailedRecord } from "./plan/stream-plan.ts";
export { type MapSettings, mapSettings, mapsStreams } from "./settings.ts";
export { parseJson } from "./values/json-parse.ts";
export { toJson, toText } from "./values/text.ts";
export type { Value } from "./values/value.ts";
