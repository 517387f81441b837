/** DuckDB's error texts about a file and about memory, as errors with a hint. Pure. The texts are those of DuckDB 1.5, each tried. */
import type { TaplineError } from "@tapline/sdk";
import { duckdbErrors as errors } from "./errors.ts";
import { firstSentence } from "./first-sentence.ts";

/** Undefined for an error of another kind. */
export function explainFileFailure(error: unknown, path: string): TaplineError | undefined {
  const text = error instanceof Error ? error.message : String(error);
  const reason = firstSentence(text);
  if (/Could not set lock on file/.test(text)) return errors.database_locked({ path, holder: lockHolder(text) }, {}, error);
  if (/not a valid DuckDB database file/.test(text)) return errors.not_a_database({ path, kind: "a file of another format" }, {}, error);
  if (/database file with version number/.test(text)) return errors.database_version({ path, reason }, {}, error);
  if (/^Out of Memory Error|could not allocate block/.test(text)) return errors.memory_limit_reached({ reason }, {}, error);
  return undefined;
}

/** "/usr/bin/python3 (process 4711)", or that the program is unknown. */
function lockHolder(text: string): string {
  const match = /Conflicting lock is held in (.+?) \(PID (\d+)\)/.exec(text);
  return match === null ? "an unknown program" : `${match[1]} (process ${match[2]})`;
}
