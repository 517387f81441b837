/** What DuckDB says of a file, as an error that names it. Pure. */
import { firstSentence } from "@tapline/duckdb";
import { TaplineError } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { explain } from "../explain.ts";

export function explainFile(error: unknown, path: string): TaplineError {
  const cause = error instanceof TaplineError ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  const position = { file: path };
  if (
    /Malformed JSON|No magic bytes|not a Parquet file|Parquet|file .* too small|JSON transform error|Missing required field|Thrift|TProtocol/i.test(
      text,
    ) &&
    !/^(Permission|HTTP) Error/.test(text)
  )
    return errors.file_broken({ path, reason: firstSentence(text) }, position, error);
  return error instanceof TaplineError ? error : explain(error, path, undefined);
}
