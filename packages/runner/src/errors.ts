/** Every error of the runner: a stable code, a class that decides the exit code, a message, and a hint with what to do. */
import { defineErrors } from "@tapline/protocol";
import { backfillErrorCatalogue } from "./errors/backfill-errors.ts";
import { checkErrorCatalogue } from "./errors/check-errors.ts";
import { ciErrorCatalogue } from "./errors/ci-errors.ts";
import { fileErrorCatalogue } from "./errors/file-errors.ts";
import { migrateErrorCatalogue } from "./errors/migrate-errors.ts";
import { parallelErrorCatalogue } from "./errors/parallel-errors.ts";
import { pluginErrorCatalogue } from "./errors/plugin-errors.ts";
import { projectErrorCatalogue } from "./errors/project-errors.ts";
import { runErrorCatalogue } from "./errors/run-errors.ts";
import { stateErrorCatalogue } from "./errors/state-errors.ts";
import { verifyErrorCatalogue } from "./errors/verify-errors.ts";

export const runnerErrorCatalogue = {
  ...projectErrorCatalogue,
  ...pluginErrorCatalogue,
  ...runErrorCatalogue,
  ...checkErrorCatalogue,
  ...stateErrorCatalogue,
  ...fileErrorCatalogue,
  ...backfillErrorCatalogue,
  ...migrateErrorCatalogue,
  ...verifyErrorCatalogue,
  ...parallelErrorCatalogue,
  ...ciErrorCatalogue,
};

export const errors = defineErrors(runnerErrorCatalogue);
