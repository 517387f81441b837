/** Files of a dbt project made from what is loaded: sources, staging models and, from append-only logs, history. */
export { generateErrorCatalogue } from "./errors.ts";
export { type GenerateInput, generateFiles } from "./generate.ts";
export type { GeneratedFile } from "./generated-file.ts";
export { historyProblem } from "./history.ts";
export { modelNames, type StreamModels } from "./names.ts";
export type { GenerateStream } from "./stream.ts";
export { writeGenerated } from "./write.ts";
