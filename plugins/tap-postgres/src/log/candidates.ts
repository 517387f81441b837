/** The streams that a run reads from the log: what their tables are, and which of them the log can't tell. */
import type { Session } from "@tapline/postgres";
import { type ReadContext, schemaChange, streamFailed } from "@tapline/sdk";
import { streamName, tableName } from "@tapline/sql-tap";
import type { PostgresTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";
import { ownConditions } from "../read/table-rows.ts";
import { type LogBookmark, readBookmark } from "./bookmark.ts";
import type { LogItem } from "./follow.ts";
import { type Obstacle, obstacleOf } from "./followable.ts";
import { namesIn, schemaOfLog } from "./log-stream.ts";
import type { LogParts } from "./parts.ts";
import { readTableFacts, type TableFacts } from "./table-facts.ts";

/** A stream whose table the log can tell. */
export interface Candidate {
  name: string;
  context: ReadContext;
  table: PostgresTable;
  facts: TableFacts;
  bookmark: LogBookmark | undefined;
}

/** Gives up the streams that the log can't tell, and says which columns the others have. */
export async function* candidatesOf(
  contexts: ReadonlyMap<string, ReadContext>,
  session: Session,
  { tables, config, log }: LogParts,
): AsyncGenerator<LogItem, Candidate[]> {
  const found = tables.filter((table) => contexts.has(streamName(table)));
  const allFacts = await readTableFacts(
    session,
    found.map(({ oid }) => oid),
  );
  const candidates: Candidate[] = [];
  for (const table of found) {
    const name = streamName(table);
    const context = contexts.get(name) as ReadContext;
    const facts = allFacts.get(table.oid);
    const names = facts === undefined ? [] : namesIn(context.columns, table, facts);
    const { keyProperties: keys, target } = context;
    const obstacle = obstacleOf({ table, facts, keys, names, hasConditions: ownConditions(table, config).length > 0, target });
    if (facts === undefined || obstacle !== undefined) {
      yield [name, streamFailed(errors.log_not_followable({ table: tableName(table), ...(obstacle as Obstacle) }))];
      continue;
    }
    const generated = facts.columns.filter((column) => column.isGenerated && context.columns.includes(column.name));
    if (generated.length > 0)
      log(
        "warning",
        `left out, because the log lacks generated columns: ${generated.map((column) => JSON.stringify(column.name)).join(", ")}`,
        name,
      );
    yield [name, schemaChange(schemaOfLog(table, facts, context.schema))];
    candidates.push({ name, context, table, facts, bookmark: readBookmark(context.state) });
  }
  return candidates;
}
