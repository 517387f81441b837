/** Every JSON Schema of the protocol by the name of its file in `schemas/`. They are as tolerant as the readers. */
import { aboutSchema } from "./contract/about.ts";
import { checkFoundSchema, checkQuestionSchema } from "./contract/checks.ts";
import { controlMessageSchema } from "./contract/control.ts";
import { cutoverAnswerSchema, cutoverQuestionSchema } from "./contract/cutover.ts";
import { digestQuestionSchema, rowsQuestionSchema } from "./contract/digest.ts";
import { digestAnswerSchema, rowsAnswerSchema } from "./contract/digest-answer.ts";
import { pluginEventSchema } from "./contract/events.ts";
import { inventoryAnswerSchema, inventoryQuestionSchema } from "./contract/inventory.ts";
import { lastStateSchema } from "./contract/last-state.ts";
import { queryAnswerSchema, querySchema } from "./contract/query.ts";
import { runContextSchema } from "./contract/run-context.ts";
import { scratchAnswerSchema, scratchQuestionSchema } from "./contract/scratch.ts";
import { sourceFileSchema } from "./contract/source-files.ts";
import {
  activateVersionMessage,
  batchMessage,
  catalog,
  recordMessage,
  replaceSourceMessage,
  schemaMessage,
  state,
  stateMessage,
} from "./wire/schemas.ts";

export const protocolSchemas = {
  "singer-schema-message": schemaMessage,
  "singer-record-message": recordMessage,
  "singer-state-message": stateMessage,
  "singer-activate-version-message": activateVersionMessage,
  "singer-replace-source-message": replaceSourceMessage,
  "singer-batch-message": batchMessage,
  "singer-catalog": catalog,
  "singer-state": state,
  "plugin-about": aboutSchema,
  "plugin-events": pluginEventSchema,
  "control-message": controlMessageSchema,
  "last-state": lastStateSchema,
  inventory: inventoryQuestionSchema,
  "inventory-answer": inventoryAnswerSchema,
  query: querySchema,
  "query-answer": queryAnswerSchema,
  digest: digestQuestionSchema,
  "digest-answer": digestAnswerSchema,
  rows: rowsQuestionSchema,
  "rows-answer": rowsAnswerSchema,
  check: checkQuestionSchema,
  "check-answer": checkFoundSchema,
  cutover: cutoverQuestionSchema,
  "cutover-answer": cutoverAnswerSchema,
  scratch: scratchQuestionSchema,
  "scratch-answer": scratchAnswerSchema,
  "run-context": runContextSchema,
  "source-file": sourceFileSchema,
};
