/** DuckDB's error texts as errors with a hint. Pure. The texts are those of DuckDB 1.5, each tried. */
import { explainFileFailure, firstSentence } from "@tapline/duckdb";
import { TaplineError } from "@tapline/sdk";
import { errors } from "./errors.ts";

/** What happened while opening or using the database at `path`; `table`: the one that the statement was about, if any. */
export function explainFailure(error: unknown, path: string, table = ""): TaplineError {
  if (error instanceof TaplineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const reason = firstSentence(text);
  if (/No space left on device|ENOSPC|Could not write.*disk|out of disk space/i.test(text)) return errors.disk_full({ reason }, {}, error);
  if (/File too large|EFBIG/.test(text)) return errors.file_limit_reached({ reason }, {}, error);
  const known = explainFileFailure(error, path);
  if (known !== undefined) return known;
  if (/Permission denied|Read-only file system/.test(text)) return errors.no_permission({ path }, {}, error);
  if (refusedAlteration.test(text)) return errors.alter_refused({ table, reason }, {}, error);
  if (/Cannot insert into a generated column/.test(text)) return errors.generated_refused({ table, reason }, {}, error);
  if (/^Constraint Error/.test(text)) return errors.constraint_violated({ table, reason }, {}, error);
  return errors.database_error({ reason }, {}, error);
}

const refusedAlteration = /Cannot change the type of|its type can not be changed|^Dependency Error: Cannot alter entry/;
