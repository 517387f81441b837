export { copyRows } from "./copy-rows.ts";
export { CopyText } from "./copy-text.ts";
export { errors as postgresErrors, postgresErrorCatalogue } from "./errors.ts";
export { explainFailure, serverDetails, serverWords } from "./failures.ts";
export { openSession, type Result, type Session } from "./session.ts";
export {
  type ConnectionConfig,
  type ConnectionOptions,
  connectionAliases,
  connectionOptions,
  connectionSettings,
  type TlsMode,
} from "./settings.ts";
