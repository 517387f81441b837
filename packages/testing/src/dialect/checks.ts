/** All promises of a SQL dialect, in the order in which a broken one is best understood. */
import type { Check } from "../check.ts";
import { absentChecks } from "./absent-checks.ts";
import { cellChecks } from "./cell-checks.ts";
import { commitRuleChecks } from "./commit-rule-checks.ts";
import { continuationChecks } from "./continuation-checks.ts";
import { deleteRecordChecks } from "./delete-record-checks.ts";
import { existingTypeChecks } from "./existing-type-checks.ts";
import { flatteningChecks } from "./flattening-checks.ts";
import { foundNameChecks } from "./found-name-checks.ts";
import { keyChecks } from "./key-checks.ts";
import { ledgerChecks } from "./ledger-checks.ts";
import { loadChecks } from "./load-checks.ts";
import { nameChecks } from "./name-checks.ts";
import { overwriteChecks } from "./overwrite-checks.ts";
import { partialRecordChecks } from "./partial-record-checks.ts";
import { queryChecks } from "./query-checks.ts";
import { rangeChecks } from "./range-checks.ts";
import { rejectChecks } from "./reject-checks.ts";
import { replaceChecks } from "./replace-checks.ts";
import { replayChecks } from "./replay-checks.ts";
import { schemaChangeChecks } from "./schema-change-checks.ts";
import { schemaPolicyChecks } from "./schema-policy-checks.ts";
import { sourceChecks } from "./source-checks.ts";
import type { DialectUnderTest } from "./subject.ts";
import { tableRuleChecks } from "./table-rule-checks.ts";
import { typeChecks } from "./type-checks.ts";
import { typeTableChecks } from "./type-table-checks.ts";
import { unknownFieldChecks } from "./unknown-field-checks.ts";
import { versionChecks } from "./version-checks.ts";
import { wideningChecks } from "./widening-checks.ts";

export const dialectChecks: readonly Check<DialectUnderTest>[] = [
  ...loadChecks,
  ...cellChecks,
  ...ledgerChecks,
  ...continuationChecks,
  ...nameChecks,
  ...foundNameChecks,
  ...typeTableChecks,
  ...typeChecks,
  ...existingTypeChecks,
  ...keyChecks,
  ...schemaChangeChecks,
  ...absentChecks,
  ...wideningChecks,
  ...unknownFieldChecks,
  ...flatteningChecks,
  ...schemaPolicyChecks,
  ...rejectChecks,
  ...replayChecks,
  ...overwriteChecks,
  ...replaceChecks,
  ...sourceChecks,
  ...rangeChecks,
  ...versionChecks,
  ...deleteRecordChecks,
  ...partialRecordChecks,
  ...queryChecks,
  ...tableRuleChecks,
  ...commitRuleChecks,
];
