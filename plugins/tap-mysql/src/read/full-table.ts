/**
 * Reads a whole table, as a new version of it, in pages by its key: a run can be resumed after any row, and no statement takes long. A
 * table whose key has no order is read in one statement.
 */
import { activate, type Chunk, checkpoint, Lines, type ReadContext, rowVersion, type StreamState } from "@tapline/sdk";
import { nextVersion } from "@tapline/sql-tap";
import type { Config } from "../config.ts";
import type { MysqlColumn, MysqlTable } from "../discover/tables.ts";
import { quoteName } from "../quote.ts";
import type { Session } from "../session/session.ts";
import { isAfter, keyColumns, keyOfRow } from "./key-place.ts";
import { ownConditions, type RowPlace, TableRows } from "./table-rows.ts";

/** A read that has not come to its end: the rows up to this key were sent, with these columns. */
interface Progress {
  version: number;
  key: string[];
  last: string[];
  columns: string[];
}

const rowsInPage = 100_000;

export async function* readFullTable(table: MysqlTable, context: ReadContext, session: Session, config: Config): AsyncGenerator<Chunk> {
  const rows = new TableRows(table, context, config);
  const filter = ownConditions(table, config).join();
  const columns = keyColumns(table, context.columns);
  const resumed = columns === undefined ? undefined : progressOf(context.state, columns, filter, context.columns);
  const version = resumed?.version ?? nextVersion(context.state);
  yield rowVersion(version);
  if (columns === undefined) yield* rows.read(session, []);
  else {
    if (resumed !== undefined)
      context.log(
        "warning",
        `resumes after ${table.keys.join(", ")} = ${resumed.last.join(", ").slice(0, 100)}: what changed before that row since the read began comes with the next whole read`,
      );
    yield* pages(columns, resumed?.last);
  }
  rows.report();
  yield activate(version);
  yield checkpoint({ version });

  async function* pages(key: readonly MysqlColumn[], from: readonly string[] | undefined): AsyncGenerator<Chunk> {
    const order = `ORDER BY ${key.map(({ name }) => `t.${quoteName(name)}`).join(", ")} LIMIT ${rowsInPage}`;
    let last = from;
    const onLast = (place: RowPlace): void => {
      last = keyOfRow(key, context.columns, place);
    };
    for (;;) {
      const page = rows.read(session, last === undefined ? [] : [isAfter(key, last)], order, onLast);
      let count = 0;
      try {
        for (;;) {
          const next = await page.next();
          if (next.done === true) {
            count = next.value;
            break;
          }
          yield next.value;
          if (next.value instanceof Lines && last !== undefined && context.isStateDue()) yield checkpoint(stateAfter(key, last));
        }
      } finally {
        await page.return(0);
      }
      if (count < rowsInPage) return;
    }
  }

  function stateAfter(key: readonly MysqlColumn[], last: readonly string[]): StreamState {
    const progress: Progress = { version, key: key.map(({ name }) => name), last: [...last], columns: [...context.columns] };
    return { ...progress, ...(filter === "" ? {} : { filter }) };
  }
}

/** Only where the key and the conditions are the same, and the rows before the place lack no column that was selected since. */
function progressOf(
  { version, key, last, columns, filter = "" }: StreamState,
  present: readonly MysqlColumn[],
  conditions: string,
  selected: readonly string[],
): Progress | undefined {
  const names = present.map(({ name }) => name);
  if (typeof version !== "number" || !Array.isArray(last) || last.length !== names.length || filter !== conditions) return undefined;
  if (JSON.stringify(key) !== JSON.stringify(names) || JSON.stringify(columns) !== JSON.stringify(selected)) return undefined;
  return { version, key: names, last: last.map(String), columns: [...selected] };
}
