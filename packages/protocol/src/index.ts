/** Everything the other packages use. `@tapline/protocol/schemas` has the JSON Schemas, `/node-version` the check of Node's version. */
export { type About, type Opening, type PythonPackages, type ReportedAbout, readAbout, type SettingSchema } from "./contract/about.ts";
export { capabilities, hasCapability } from "./contract/capabilities.ts";
export {
  addCheckFound,
  type Check,
  type CheckFound,
  type CheckOf,
  type CheckRule,
  checkSchema,
  columnsOfCheck,
  type FaultyRow,
  isRowCheck,
  mostFaultyRows,
  numberFound,
  type RowRule,
  readCheckFound,
  readChecks,
  rowRules,
} from "./contract/checks.ts";
export { type Continues, continuesSchema, refusalsToContinue } from "./contract/continues.ts";
export {
  type CommittedMessage,
  type ControlForm,
  type ControlMessage,
  controlDescriptor,
  controlFormOf,
  controlLine,
  controlReader,
  controlVariable,
  durableLine,
  plainWholeLine,
  type ReceivedControlMessage,
  readCommitted,
  readDurable,
  readSecretAnswer,
  readSecretRequest,
  type SecretAnswer,
  type SecretRequest,
} from "./contract/control.ts";
export { type CostPart, describeCost, sumCosts } from "./contract/cost.ts";
export {
  builtNamePattern,
  type CutoverAnswer,
  type CutoverFinding,
  type CutoverGrant,
  type CutoverQuestion,
  orderRenames,
  readCutoverAnswer,
  readCutoverQuestion,
  type SchemaRename,
} from "./contract/cutover.ts";
export { type DescribedCheck, describeAge, describeCheckResult, describeFaultyRow, describeRule } from "./contract/describe-check.ts";
export {
  type BucketsQuestion,
  type DigestColumn,
  type DigestKind,
  type DigestQuestion,
  type DigestTableName,
  digestKinds,
  type MetricQuestion,
  type MetricsQuestion,
  type OrphansQuestion,
  type RowsQuestion,
  readDigestQuestion,
  readRowsQuestion,
  type TablesQuestion,
} from "./contract/digest.ts";
export {
  type BucketLine,
  type ColumnStatistics,
  type DescribedColumn,
  type DescribedTable,
  type DigestLine,
  type MetricLine,
  type ReadDigestLine,
  type ReadRowsLine,
  type RowsLine,
  readDigestLine,
  readRowsLine,
} from "./contract/digest-answer.ts";
export { type EventLine, type StreamSummary, type TapSummary, writeEvent } from "./contract/events.ts";
export { type InventoryLine, type InventoryQuestion, readInventoryLine, readInventoryQuestion } from "./contract/inventory.ts";
export {
  type DiscardedRejects,
  type KeptReject,
  type RejectVerb,
  type ReplayedRejects,
  readRejectLines,
  rejectVerbs,
} from "./contract/kept-rejects.ts";
export { type LastState, ledgerTable, readLastState, writeLastState } from "./contract/last-state.ts";
export { describeMapCount, type MapCount } from "./contract/map-counts.ts";
export { describeNode, describeNodes, type NodeResult, type NodeStatus } from "./contract/node-result.ts";
export { type Query, type QueryLine, type ResultColumn, readQuery, readQueryLine, writeQueryRow } from "./contract/query.ts";
export {
  type Lag,
  type LogLevel,
  type PluginError,
  type PluginEvent,
  type ReadProgress,
  readStderrLine,
  type SummaryCount,
} from "./contract/read-event.ts";
export { isSecretName, type Redact, redactDeep, redactEvent, redactor, type SecretSchema, secretValues } from "./contract/redaction.ts";
export { describeRejected, type FirstRejected } from "./contract/rejected-rows.ts";
export {
  contextVariable,
  type LoadedStream,
  type PipedCatalog,
  type PipedStream,
  type RunContext,
  readRunContext,
} from "./contract/run-context.ts";
export { isSuccess, type RunStatus, runStatuses } from "./contract/run-status.ts";
export {
  readScratchAnswer,
  readScratchQuestion,
  type ScratchAnswer,
  type ScratchQuestion,
  scratchPrefix,
} from "./contract/scratch.ts";
export {
  type ClaimedFile,
  claimedFilesSchema,
  claimsKey,
  type FileProgress,
  readFileProgress,
  readSourceFiles,
  type SourceFile,
} from "./contract/source-files.ts";
export type { ReportedChange, TableChange } from "./contract/table-change.ts";
export {
  followVariable,
  readFollow,
  readStateId,
  readTargetFacts,
  stateIdVariable,
  type TargetFacts,
  targetVariable,
} from "./contract/target-facts.ts";
export { describeTolerated, losesNothing, type Tolerated } from "./contract/tolerated.ts";
export { didYouMean } from "./did-you-mean.ts";
export {
  asTaplineError,
  defineErrors,
  type ErrorClass,
  type ErrorEntry,
  exitCodes,
  type Recovery,
  TaplineError,
  withPosition,
} from "./errors.ts";
export { formatNumber } from "./format-number.ts";
export { type PatternMatcher, patternMatcher } from "./pattern/matcher.ts";
export { type ParsedPattern, type PatternNode, parsePattern } from "./pattern/parse-pattern.ts";
export { patternText } from "./pattern/pattern-text.ts";
export { describePosition, type Position } from "./position.ts";
export { type Static, type TObject, type TSchema, Type } from "./type.ts";
export { catalogErrorCatalogue, keyCandidateRowsKey, keyCandidatesKey, metadataAt, readCatalog } from "./wire/catalog.ts";
export { compareDecimals, type Decimal, isMultipleOf, isWhole, parseDecimal } from "./wire/decimal.ts";
export { type Decoded, Decoder, type Records } from "./wire/decode.ts";
export { encodeMessage, encodeRecord, recordEncoder, UnencodableValue } from "./wire/encode.ts";
export { protocolErrorCatalogue, protocolErrors } from "./wire/errors.ts";
export { approximate, type ExactNumber, exactNumber, isExactNumber, isObject, numberText, parseExact, readJson } from "./wire/json.ts";
export type {
  ActivateVersionMessage,
  BatchEncoding,
  BatchFileFacts,
  BatchMessage,
  Catalog,
  CatalogStream,
  Json,
  JsonSchema,
  Message,
  MetadataEntry,
  RecordMessage,
  ReplaceSourceMessage,
  ReplicationMethod,
  Row,
  SchemaMessage,
  State,
  StateMessage,
  StreamState,
} from "./wire/message.ts";
export { mayHoldExactNumbers, parseLine, parseRefusedRecord, type Suspicion, suspect } from "./wire/parse-line.ts";
export { orderedEntries, orderedObject, parseOrdered, propertyNames, stringifyOrdered } from "./wire/property-order.ts";
export { type IgnoredKeyword, type ResolvedSchema, resolveSchema } from "./wire/resolve-schema.ts";
export { bookmarkOf, readState, stateErrorCatalogue, withBookmark } from "./wire/state.ts";
export { readStateLine } from "./wire/state-line.ts";
