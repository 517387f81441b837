/** Looks, for `--test` and `tapline doctor`, whether a run could read the log, and changes nothing. */
import type { Stream } from "@tapline/sdk";
import { streamName, tableName } from "@tapline/sql-tap";
import { errors } from "../errors.ts";
import { ownConditions } from "../read/table-rows.ts";
import { openSession } from "../session/session.ts";
import { obstacleOf } from "./followable.ts";
import type { LogParts } from "./parts.ts";
import { checkServer, logFiles } from "./server-facts.ts";

/** @throws binlog_off, binlog_setting_low, binlog_refused, binlog_not_followable, log_charset_unknown */
export async function checkLog(streams: readonly Stream[], parts: LogParts): Promise<void> {
  const { config, log, options, charsets } = parts;
  await using session = await openSession(options);
  await checkServer(session);
  const tables = parts.tables.filter((table) => streams.some(({ name }) => name === streamName(table)));
  for (const table of tables) {
    const obstacle = obstacleOf({ table, keys: table.keys, hasConditions: ownConditions(table, config).length > 0 });
    if (obstacle !== undefined) throw errors.binlog_not_followable({ table: tableName(table), ...obstacle });
  }
  await charsets.load(
    session,
    tables.flatMap(({ columns }) => columns.map(({ charset }) => charset)),
  );
  const files = await logFiles(session);
  const bytes = files.reduce((sum, { position }) => sum + position, 0);
  const keeps = await keptText(session.execute);
  log(
    "info",
    `the server has ${(bytes / 1024 / 1024).toFixed(1)} MiB of log in ${files.length} files, and ${keeps}: run more often than that`,
  );
  log("info", `the changes of ${tables.length} ${tables.length === 1 ? "table" : "tables"} can be read`);
}

async function keptText(execute: (sql: string) => Promise<(string | null)[][]>): Promise<string> {
  const rows = await execute("SHOW GLOBAL VARIABLES WHERE variable_name IN ('binlog_expire_logs_seconds', 'expire_logs_days')");
  const values = new Map(rows.map(([name, value]) => [String(name).toLowerCase(), Number(value)]));
  const seconds = values.get("binlog_expire_logs_seconds") || (values.get("expire_logs_days") ?? 0) * 86_400;
  return seconds > 0 ? `keeps it for ${(seconds / 86_400).toFixed(1)} days` : "keeps it until somebody purges it";
}
