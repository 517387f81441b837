/** DuckDB's error texts as errors with a hint. Pure. The texts are those of DuckDB 1.5, each tried. */
import { firstSentence } from "@tapline/duckdb";
import { TaplineError } from "@tapline/sdk";
import { errors } from "./errors.ts";

/** What happened while opening or using the database at `path`; `table`: the one that the statement was about, if any. */
export function explainFailure(error: unknown, path: string, table = ""): TaplineError {
  if (error instanceof TaplineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const reason = firstSentence(text);
  if (/No space left on device|ENOSPC|Could not write.*disk|out of disk space/i.test(text)) return errors.disk_full({ reason }, {}, error);
  if (/File too large|EFBIG/.test(text)) return errors.file_limit_reached({ reason }, {}, error);
  if (/Could not set lock on file/.test(text)) return errors.database_locked({ path, holder: lockHolder(text) }, {}, error);
  if (/not a valid DuckDB database file/.test(text)) return errors.not_a_database({ path, kind: "a file of another format" }, {}, error);
  if (/database file with version number/.test(text)) return errors.database_version({ path, reason }, {}, error);
  if (/Permission denied|Read-only file system/.test(text)) return errors.no_permission({ path }, {}, error);
  if (/^Out of Memory Error|could not allocate block/.test(text)) return errors.memory_limit_reached({ reason }, {}, error);
  if (refusedAlteration.test(text)) return errors.alter_refused({ table, reason }, {}, error);
  if (/Cannot insert into a generated column/.test(text)) return errors.generated_refused({ table, reason }, {}, error);
  if (/^Constraint Error/.test(text)) return errors.constraint_violated({ table, reason }, {}, error);
  return errors.database_error({ reason }, {}, error);
}

const refusedAlteration = /Cannot change the type of|its type can not be changed|^Dependency Error: Cannot alter entry/;

/** "/usr/bin/python3 (process 4711)", or that the program is unknown. */
function lockHolder(text: string): string {
  const match = /Conflicting lock is held in (.+?) \(PID (\d+)\)/.exec(text);
  return match === null ? "an unknown program" : `${match[1]} (process ${match[2]})`;
}
