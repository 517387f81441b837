/** The settings of this target, and the file that `filepath` names. */
import { homedir } from "node:os";
import { resolve } from "node:path";
import { type SettingAliases, type Static, Type } from "@tapline/sdk";
import { sqlSettings } from "@tapline/sql";
import { errors } from "./errors.ts";

export const config = Type.Object({
  filepath: Type.String({
    minLength: 1,
    description: "The database file. It is created, with its folder, when it is missing.",
  }),
  ...sqlSettings("main"),
  memory_limit: Type.Optional(
    Type.String({
      default: "512MB",
      pattern: "^[0-9]+(\\.[0-9]+)? ?([kKmMgGtT]i?)?[bB]$",
      description: "Most memory DuckDB may use, as a number and a unit (MB, GB, MiB, GiB); this process takes up to 400 MB more.",
    }),
  ),
  threads: Type.Optional(Type.Integer({ minimum: 1, description: "Threads DuckDB may use. Default: one for each processor core." })),
});

export type Config = Static<typeof config>;

export const aliases: SettingAliases = { path: "filepath" };

/** The absolute path of the database file. @throws filepath_in_memory, filepath_not_local */
export function databasePath(filepath: string): string {
  if (filepath.trim() === "" || filepath.startsWith(":memory:")) throw errors.filepath_in_memory({ path: filepath });
  if (/^(?:md:|motherduck:|[a-z][a-z0-9+]+:\/\/)/i.test(filepath))
    throw errors.filepath_not_local({ path: filepath.replace(/[?].*/s, "?…") });
  return resolve(filepath.replace(/^~(?=\/|$)/, () => homedir()));
}
