/** What all that reads the log needs. */
import type { Follow, Log } from "@tapline/sdk";
import type { Config } from "../config.ts";
import type { MysqlTable } from "../discover/tables.ts";
import type { TypeOptions } from "../discover/types.ts";
import type { ConnectionOptions } from "../session/settings.ts";
import type { ServerCharsets } from "./server-charsets.ts";

export interface LogParts {
  options: ConnectionOptions;
  config: Config;
  types: TypeOptions;
  /** All that the tap found; the contexts tell which are read. */
  tables: readonly MysqlTable[];
  charsets: ServerCharsets;
  log: Log;
  /** Set where the run stays. */
  follow: Follow | undefined;
}
