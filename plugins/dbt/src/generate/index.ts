/** Files of a dbt project made from what is loaded: sources, staging models and, from append-only logs, history. */
export { generateErrorCatalogue } from "./errors.ts";
export { type GeneratedFile, type GenerateInput, type GenerateStream, generateFiles } from "./generate.ts";
export { historyProblem } from "./history.ts";
export { modelNames, type StreamModels } from "./names.ts";
export { writeGenerated } from "./write.ts";
