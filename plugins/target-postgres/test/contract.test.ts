/** target-postgres keeps the promises of every target. Each check has its own schema, named as its folder. */
import { basename } from "node:path";
import { describeTarget, ownCommand } from "@tapline/testing";
import { suiteDatabase } from "@tapline/testing/postgres";
import { readTable } from "./read-table.ts";
import { settings } from "./rows.ts";

const database = suiteDatabase();

describeTarget({
  command: ownCommand(import.meta.url),
  config: (folder) => ({ ...settings(database()), default_target_schema: basename(folder) }),
  read: (stream, folder) => readTable(database(), basename(folder), stream),
  loadMethods: ["append-only", "upsert", "overwrite"],
});
