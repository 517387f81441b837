/** target-duckdb's dialect keeps the promises of every SQL dialect. */
import { join } from "node:path";
import { describeDialect } from "@tapline/testing";
import { connect } from "../src/connection.ts";
import { dialect } from "../src/dialect/index.ts";
import { connectToRead } from "../src/read-session.ts";
import { readTable } from "./read-table.ts";

describeDialect({
  dialect,
  checksBeforeCommit: true,
  ignoringCase: { prepare: [], type: "VARCHAR COLLATE NOCASE" },
  connect: (folder) => connect({ filepath: join(folder, "kit.duckdb") }),
  connectToRead: (folder, signal) => connectToRead({ filepath: join(folder, "kit.duckdb") }, signal),
  read: ({ schema, table }, folder) => readTable(join(folder, "kit.duckdb"), table, schema),
});
