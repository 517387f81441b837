/** The streams that a run reads from the log: what their tables are, and which of them the log can't tell. */
import { type ReadContext, schemaChange, streamFailed } from "@tapline/sdk";
import { streamName, tableName } from "@tapline/sql-tap";
import type { MysqlTable } from "../discover/tables.ts";
import { errors } from "../errors.ts";
import { ownConditions } from "../read/table-rows.ts";
import { type LogBookmark, readBookmark } from "./bookmark.ts";
import type { LogItem } from "./follow.ts";
import { obstacleOf } from "./followable.ts";
import { schemaOfLog } from "./log-stream.ts";
import type { LogParts } from "./parts.ts";

/** A stream whose table the log can tell. */
export interface Candidate {
  name: string;
  context: ReadContext;
  table: MysqlTable;
  bookmark: LogBookmark | undefined;
}

/** Gives up the streams that the log can't tell, and says which columns the others have. */
export function* candidatesOf(
  contexts: ReadonlyMap<string, ReadContext>,
  { tables, config, log }: Pick<LogParts, "tables" | "config" | "log">,
): Generator<LogItem, Candidate[]> {
  const candidates: Candidate[] = [];
  for (const table of tables) {
    const name = streamName(table);
    const context = contexts.get(name);
    if (context === undefined) continue;
    const obstacle = obstacleOf({ table, keys: context.keyProperties, hasConditions: ownConditions(table, config).length > 0 });
    if (obstacle !== undefined) {
      yield [name, streamFailed(errors.binlog_not_followable({ table: tableName(table), ...obstacle }))];
      continue;
    }
    const generated = table.columns.filter((column) => !column.isInLog && context.columns.includes(column.name));
    if (generated.length > 0)
      log(
        "warning",
        `left out, because the log may lack generated columns: ${generated.map((column) => JSON.stringify(column.name)).join(", ")}`,
        name,
      );
    yield [name, schemaChange(schemaOfLog(table, context.schema))];
    candidates.push({ name, context, table, bookmark: readBookmark(context.state) });
  }
  return candidates;
}
