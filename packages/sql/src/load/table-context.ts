/** What is needed to do something to a table. */
import type { UnknownFields } from "@tapline/columns";
import type { Connection } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import type { NameCase } from "../names/name-case.ts";
import type { SchemaPolicy } from "../settings.ts";

export interface TableContext {
  dialect: Dialect;
  connection: Connection;
  policy: SchemaPolicy;
  columnNames: NameCase;
  unknownFields: UnknownFields;
  /** Rejected rows are replayed: they must not replace rows that were loaded after them. */
  keepsNewer?: boolean;
  /** Rows that are deleted are removed, not marked. */
  hardDelete: boolean;
}
