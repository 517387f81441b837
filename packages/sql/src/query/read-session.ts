/** What a query needs of a database session. It is another session than the one of a load, because it must not be able to change anything. */
import type { RowReader } from "@tapline/sdk";
import type { Connection } from "../connection.ts";

/** The database itself refuses every change through this session. Statements run in the order of the calls. */
export interface ReadSession extends Pick<Connection, "database" | "location" | "describe" | "tablesLike">, AsyncDisposable {
  /** The names of the tables and views in the schema, and the streams that loads made them for. */
  tablesIn(schema: string): Promise<{ table: string; stream?: string | undefined }[]>;
  /**
   * Runs one statement that a person wrote. Called again only after a statement that did not fail; the rows of that one are then gone.
   * @throws query_several, query_not_reading, query_changes, query_outside, query_failed, and errors of the connection
   */
  select(sql: string): Promise<Pick<RowReader, "columns" | "read" | "countRest">>;
}
