/** The settings of this target. */
import { memoryLimit, threadCount } from "@tapline/duckdb";
import { type SettingAliases, type Static, Type } from "@tapline/sdk";
import { sqlSettings } from "@tapline/sql";

export const config = Type.Object({
  filepath: Type.String({
    minLength: 1,
    description: "The database file. It is created, with its folder, when it is missing.",
  }),
  ...sqlSettings("main"),
  memory_limit: memoryLimit,
  threads: threadCount,
});

export type Config = Static<typeof config>;

export const aliases: SettingAliases = { path: "filepath" };
