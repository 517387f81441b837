/** DuckDB's error texts as errors with a hint. Pure. The texts are those of DuckDB 1.5, each tried. */
import { explainFileFailure, firstSentence } from "@tapline/duckdb";
import { TaplineError } from "@tapline/sdk";
import { errors } from "./errors.ts";

/** `what`: the table or file that it is about; `path`: the open database. */
export function explain(error: unknown, what: string, path: string | undefined): TaplineError {
  if (error instanceof TaplineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const reason = firstSentence(text);
  const known = explainFileFailure(error, path ?? what);
  if (known !== undefined) return known;
  if (/Corrupt database file|checksum .* does not match/.test(text)) return errors.file_broken({ path: path ?? what, reason }, {}, error);
  const extension = /exists? in the (\w+) extension|requires the extension (\w+)|extension "?(\w+)"? to be loaded|INSTALL (\w+);/.exec(
    text,
  );
  const name = extension?.slice(1).find((one) => one !== undefined);
  if (name !== undefined) return errors.extension_needed({ extension: name, reason }, {}, error);
  if (/^Permission Error|disabled by configuration/.test(text)) return errors.outside_refused({ reason }, {}, error);
  if (/Permission denied/.test(text)) return errors.file_unreadable({ path: path ?? what, reason }, {}, error);
  if (/^(Binder|Catalog|Parser) Error/.test(text)) return errors.table_unreadable({ table: what, reason }, {}, error);
  return errors.duckdb_failed({ what, reason }, {}, error);
}
