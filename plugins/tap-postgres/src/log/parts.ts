/** What all that reads the log needs, and its session for statements. */
import { quoteText } from "@tapline/columns";
import { type ConnectionOptions, openSession, type Session } from "@tapline/postgres";
import type { Durable, Follow, Log } from "@tapline/sdk";
import type { Config } from "../config.ts";
import type { PostgresTable } from "../discover/tables.ts";
import type { TypeOptions } from "../discover/types.ts";
import { textSettings } from "../snapshot.ts";

export interface LogParts {
  options: ConnectionOptions;
  config: Config;
  types: TypeOptions;
  /** All that the tap found; the contexts tell which are read. */
  tables: readonly PostgresTable[];
  log: Log;
  /** Names the slot, where the settings don't. */
  stateId: string | undefined;
  /** Set where the run stays. */
  follow: Follow | undefined;
  /** Which states are stored; undefined: nobody tells. */
  durable: Durable | undefined;
  /** Ends the snapshot that other streams are read from, so that a run that stays does not hold it. */
  release(): Promise<void>;
}

/** A session in which the server writes values as the log has them. */
export async function openLogSession({ options }: Pick<LogParts, "options">): Promise<Session> {
  const session = await openSession(options);
  try {
    await setTexts(session);
    return session;
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

export async function setTexts({ execute }: Session): Promise<void> {
  const list = Object.entries(textSettings).map(([name, value]) => `set_config(${quoteText(name)}, ${quoteText(value)}, false)`);
  await execute(`SELECT ${list.join(", ")}`);
}
