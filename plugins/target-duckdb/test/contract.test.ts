/** target-duckdb keeps the promises of every target. */
import { join } from "node:path";
import { describeTarget, ownCommand } from "@tapline/testing";
import { readTable } from "./read-table.ts";

describeTarget({
  command: ownCommand(import.meta.url),
  config: (folder) => ({ filepath: join(folder, "kit.duckdb") }),
  read: (stream, folder) => readTable(join(folder, "kit.duckdb"), stream),
  loadMethods: ["append-only", "upsert", "overwrite"],
});
