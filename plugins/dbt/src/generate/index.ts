/** Generates files of a dbt project from the loaded streams: sources, staging models and, for append-only logs, history models. */
export { generateErrorCatalogue } from "./errors.ts";
export { type GenerateInput, generateFiles } from "./generate.ts";
export type { GeneratedFile } from "./generated-file.ts";
export { historyProblem } from "./history.ts";
export { modelNames, type StreamModels } from "./names.ts";
export type { GenerateStream } from "./stream.ts";
export { writeGenerated } from "./write.ts";
