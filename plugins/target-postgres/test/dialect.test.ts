/** target-postgres' dialect keeps the promises of every SQL dialect. */
import { describeDialect } from "@tapline/testing";
import { suiteDatabase } from "@tapline/testing/postgres";
import { connect } from "../src/connection.ts";
import { dialect } from "../src/dialect/index.ts";
import { connectToRead } from "../src/read-session.ts";
import { readTable } from "./read-table.ts";
import { settings } from "./rows.ts";

const database = suiteDatabase();

describeDialect({
  dialect,
  checksBeforeCommit: true,
  ignoringCase: {
    prepare: ["CREATE COLLATION IF NOT EXISTS public.kit_no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"],
    type: "text COLLATE public.kit_no_case",
  },
  connect: () => connect(settings(database())),
  connectToRead: (_folder, signal) => connectToRead(settings(database()), signal),
  read: ({ schema, table }) => readTable(database(), schema, table),
});
