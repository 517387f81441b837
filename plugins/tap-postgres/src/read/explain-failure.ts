/** What the server says of a table that it does not let the tap read, as an error whose hint fits a tap. Pure. */
import { type Session, serverDetails } from "@tapline/postgres";
import { TaplineError } from "@tapline/sdk";
import { streamName, tableName } from "@tapline/sql-tap";
import type { PostgresTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";

/** The same error where its own words fit. Source of the codes: PostgreSQL manual, appendix A. */
export function explainTable(error: unknown, table: PostgresTable, { options }: Session): unknown {
  if (!(error instanceof TaplineError)) return error;
  const { code, message: reason = error.message } = (error.cause ?? {}) as { code?: string; message?: string };
  const details = { table: tableName(table), stream: streamName(table), reason };
  switch (code) {
    // A schema, a table or a column that is gone, or has another name.
    case "3F000":
    case "42P01":
    case "42703":
      return errors.table_changed(details, {}, error);
    case "42501":
      return errors.reading_refused({ ...details, user: serverDetails(options).user }, {}, error);
    case "40001":
      return errors.standby_conflict(details, {}, error);
    case "57014":
      return errors.statement_cancelled(details, {}, error);
    default:
      return error;
  }
}
