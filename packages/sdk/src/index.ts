/**
 * What authors of taps, targets and utilities use. Names of `@tapline/protocol` that they need are exported here too, so that a
 * plugin depends on this package alone.
 */
import "./node-version.ts";

export {
  type BatchEncoding,
  type BucketLine,
  type BucketsQuestion,
  bookmarkOf,
  builtNamePattern,
  type Catalog,
  type CatalogStream,
  type Check,
  type CheckFound,
  type ClaimedFile,
  type ColumnStatistics,
  type CostPart,
  type CutoverAnswer,
  type CutoverFinding,
  type CutoverGrant,
  type CutoverQuestion,
  claimedFilesSchema,
  claimsKey,
  type DescribedColumn,
  type DescribedTable,
  type DigestColumn,
  type DigestKind,
  type DigestLine,
  type DigestQuestion,
  type DigestTableName,
  defineErrors,
  didYouMean,
  type ErrorEntry,
  type ExactNumber,
  encodeRecord,
  exactNumber,
  type FileProgress,
  formatNumber,
  type InventoryLine,
  isExactNumber,
  type Json,
  type JsonSchema,
  type KeptReject,
  keyCandidateRowsKey,
  keyCandidatesKey,
  type Lag,
  type LastState,
  type MetadataEntry,
  type MetricQuestion,
  type MetricsQuestion,
  metadataAt,
  numberText,
  type Opening,
  type OrphansQuestion,
  orderedEntries,
  orderedObject,
  orderRenames,
  type Position,
  parseExact,
  propertyNames,
  type Query,
  type ReplicationMethod,
  type ResultColumn,
  type Row,
  type RowsLine,
  type RowsQuestion,
  readFileProgress,
  type SchemaRename,
  type ScratchAnswer,
  type ScratchQuestion,
  type SourceFile,
  type State,
  type Static,
  type StreamState,
  type StreamSummary,
  type TableChange,
  TaplineError,
  type TargetFacts,
  type TObject,
  type Tolerated,
  Type,
  UnencodableValue,
  withPosition,
} from "@tapline/protocol";
export type { Command, CommandContext } from "./bin/command.ts";
export { describeMapper, type Mapper, runMapper } from "./bin/mapper-main.ts";
export { describeTap, runTap } from "./bin/tap-main.ts";
export { describeTarget, runTarget } from "./bin/target-main.ts";
export { runUtility, type UtilityRun } from "./bin/utility-main.ts";
export { keepYoungMemorySmall } from "./bin/young-memory.ts";
export { about, aboutMarkdown, type Described, settingsSchema, settingsTable } from "./config/about.ts";
export { type CheckedConfig, checkConfig } from "./config/check.ts";
export type { SettingAliases } from "./config/define.ts";
export type { DigestSource } from "./digest.ts";
export { sdkErrorCatalogue } from "./errors.ts";
export type { FlatteningOptions } from "./flatten/flat-name.ts";
export { type Flattening, planFlattening } from "./flatten/plan.ts";
export { defineMapper, type MappedStream, type RowMapper, type StreamToMap } from "./mapper/define-mapper.ts";
export { packageVersion } from "./package-version.ts";
export { type PgType, pgEnd, pgHeader, pgNull, pgTypes, rowEnd, viewOf } from "./pgcopy/form.ts";
export { type PgColumn, PgRowLines } from "./pgcopy/row-lines.ts";
export { type ValueText, writeDay, writeInstant, writeWord } from "./pgcopy/value-text.ts";
export type { Report } from "./report/report.ts";
export { compareValues } from "./tap/bookmark.ts";
export {
  Activate,
  activate,
  Checkpoint,
  type Chunk,
  checkpoint,
  type FileFormat,
  type FileOutput,
  Lines,
  type Log,
  PartialRow,
  partialRow,
  type ReadContext,
  type RejectDetails,
  ReplaceSource,
  RowFiles,
  RowVersion,
  replaceSource,
  rowFiles,
  rowVersion,
  SchemaChange,
  type Signal,
  type Stream,
  schemaChange,
  type WrittenFile,
} from "./tap/define.ts";
export { defineStream, type TypedSchema, type TypedStream } from "./tap/define-stream.ts";
export { defineTap, type HeldSnapshot, type SessionTap, type StreamsTap, type Tap } from "./tap/define-tap.ts";
export { discover } from "./tap/discover.ts";
export { type ExtractOptions, extract } from "./tap/extract.ts";
export { FilePieces } from "./tap/file-pieces.ts";
export {
  type ChangedFiles,
  checkReplace,
  describeStatChange,
  type Reread,
  rereadOf,
  sourceColumn,
} from "./tap/files/changed-file.ts";
export { fileErrorCatalogue, fileErrors } from "./tap/files/errors.ts";
export { fileError } from "./tap/files/file-error.ts";
export { checkUnchanged, type FileStat, statFile } from "./tap/files/file-stat.ts";
export { byCodePoint, type FindFilesOptions, findFiles } from "./tap/files/find-files.ts";
export { nameMatcher } from "./tap/files/glob.ts";
export { type LoadForm, loadFormOf } from "./tap/files/load-form.ts";
export type { Durable, Follow } from "./tap/follow.ts";
export { openTap } from "./tap/open-tap.ts";
export { takesPartialRows } from "./tap/partial-row.ts";
export {
  Checkpoints,
  checkpoints,
  type GroupChunk,
  type OpenContext,
  type SecretPlace,
  type StreamGroup,
  type TapSession,
} from "./tap/session.ts";
export { StreamFailed, streamFailed } from "./tap/stream-failed.ts";
export { type CellChunk, type CellSegment, type CellSource, cellKind, isCells, type RowChunk } from "./target/cells/chunk.ts";
export { powerOfTen } from "./target/cells/powers.ts";
export { checkFolder } from "./target/check-folder.ts";
export {
  type Activation,
  type Committed,
  defineTarget,
  type Guarantee,
  type LoadMethod,
  type OpenPurpose,
  type Reject,
  type RowBatch,
  type SingleWriter,
  type Sink,
  type StreamCounts,
  type StreamDestination,
  type Target,
  type TargetStream,
  type Writer,
  type WrittenRows,
} from "./target/define.ts";
export { fileName } from "./target/file-name.ts";
export type { CsvFile, FileColumn, FileMetadata, PgcopyFile, PgFileColumn, RowFile } from "./target/files/row-file.ts";
export { folderErrorEntries, useFolder } from "./target/folder-errors.ts";
export { isAlive } from "./target/is-alive.ts";
export type { KeptRejects, ListedRejects, RejectSelection, StoredRow } from "./target/kept-rejects.ts";
export { load, Stopped } from "./target/load.ts";
export type { LoadOptions } from "./target/load-options.ts";
export { makeFolder } from "./target/make-folder.ts";
export { deletedAtColumn, isDeleteRecord, isMetadataColumn, withMetadataColumns } from "./target/metadata.ts";
export type { RowReader } from "./target/query.ts";
export { type RowRange, rangeSettings } from "./target/range-settings.ts";
export { rejectId } from "./target/reject-id.ts";
export { replayRejects } from "./target/replay.ts";
export { rowBatch } from "./target/row-batch.ts";
export { makeScratch, type Scratch, type ScratchOptions } from "./target/scratch.ts";
export { type TargetSettings, withTargetSettings } from "./target/settings.ts";
export { describeValue } from "./target/validate.ts";
