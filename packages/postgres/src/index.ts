export { cancelStatement } from "./cancel-statement.ts";
export { cellText } from "./cell-text.ts";
export { CopyFrames } from "./copy-frames.ts";
export { binaryColumn } from "./copy-in/binary-columns.ts";
export { CopyEncoder } from "./copy-in/encoder.ts";
export type { CopyFormat, TakeBytes } from "./copy-in/format.ts";
export { copyRows } from "./copy-in/rows.ts";
export { type CopyColumn, type CopyForm, CopyLines } from "./copy-lines.ts";
export { copyOut } from "./copy-out.ts";
export { digestDialect as postgresDigestDialect } from "./digest/dialect.ts";
export { openDigest } from "./digest/session.ts";
export { errors as postgresErrors, postgresErrorCatalogue } from "./errors.ts";
export { type Circumstances, explainFailure, serverDetails, serverWords, sqlState } from "./failures.ts";
export { openSession, type Result, type Session } from "./session.ts";
export {
  type ConnectionConfig,
  type ConnectionOptions,
  connectionAliases,
  connectionOptions,
  connectionSettings,
  type TlsMode,
} from "./settings.ts";
export { SocketStatement } from "./socket-statement.ts";
