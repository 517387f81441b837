export type {
  BulkLoad,
  BulkTarget,
  Connection,
  ExistingColumn,
  FileUse,
  FoundRows,
  FoundTable,
  Staged,
  TableDescription,
} from "./connection.ts";
export { columnsOfFile, fileDigits, fillsAll, hasRequired, loadedByName, sqlConstant, takesCsv } from "./csv-file.ts";
export { defineSqlTarget, type SqlTarget } from "./define.ts";
export type { Dialect } from "./dialect/dialect.ts";
export type {
  CheaperRows,
  DeletePlan,
  DeleteRecords,
  FoldStatements,
  LandingParts,
  LoadPlan,
  LoadRequest,
  Merge,
  MergePlan,
  MergeRows,
  PartialRows,
  ReplaceRows,
  UpsertRows,
} from "./dialect/merge.ts";
export type { Names } from "./dialect/names.ts";
export type { Statements, WidenedColumn } from "./dialect/statements.ts";
export type { Traits } from "./dialect/traits.ts";
export type { Types } from "./dialect/types.ts";
export type { DigestDialect, DigestValue } from "./digest/digest-dialect.ts";
export { bucketsSql, type DigestRelation, rowsSql } from "./digest/digest-plan.ts";
export { type DigestSession, digestSource, type FoundRelation } from "./digest/digest-session.ts";
export { errors as sqlErrors, sqlErrorCatalogue } from "./errors.ts";
export { type Continuation, emptyRow, type LedgerRow, loadedBefore } from "./ledger/continuation.ts";
export { type LoadedStreams, readLoadedStreams, withCommit, writeLoadedStreams } from "./ledger/loaded-streams.ts";
export type { MissingTable } from "./ledger/missing-tables.ts";
export { isolate, isRefusal } from "./load/isolate.ts";
export { rejectsBatch, rejectsStream, rejectsSuffix } from "./load/rejects-table.ts";
export { columnNames, propertyCommentStart } from "./names/column-names.ts";
export { fitName, type NameRules } from "./names/fit-name.ts";
export { foldCase, type NameCase } from "./names/name-case.ts";
export { keyOfComment, streamOfComment, tableCommentStart } from "./names/table-comment.ts";
export { type NamingSettings, type TableName, tableName } from "./names/table-name.ts";
export type { ReadSession } from "./query/read-session.ts";
export { sqlSettings } from "./settings.ts";
export { planActivation } from "./standard/activation.ts";
export { planDeletes } from "./standard/deletes.ts";
export { planFold } from "./standard/fold.ts";
export { between, type KeyEnds, match, planDedupe, planKeep, planOutdated, planReplace } from "./standard/merge.ts";
export { standardStatements } from "./standard/statements.ts";
export { planThroughLanding } from "./standard/through-landing.ts";
export { extraColumn, toleratingDeselected, unknownFieldSettings, unknownFieldsOf, withoutDeselected } from "./unknown-fields.ts";
export { checkedSchema, columnSchema, valueRules, valueSettings } from "./value-settings.ts";
