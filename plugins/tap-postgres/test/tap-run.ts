/** Runs the tap in this process on a database of the tests, and gives back what it sent. */
import { type Catalog, discover, extract, type Json, openTap, parseExact, type Row, type State } from "@tapline/sdk";
import type { PostgresAddress } from "@tapline/testing/postgres";
import type { Config } from "../src/config.ts";
import { tapPostgres } from "../src/index.ts";

/** Without the margin, which would hide a bookmark that is not held. */
const tap = tapPostgres(0);

export interface Message {
  type: string;
  stream: string;
  record: Row;
  value: { bookmarks: Record<string, Record<string, Json>> };
  schema: { properties: Record<string, unknown> };
  version?: number;
}

export interface Sent {
  messages: Message[];
  /** The records of a stream. */
  rows(stream: string): Row[];
  /** The last STATE; the given one where none was sent. */
  state: State;
  warnings: string[];
  thrown: unknown;
}

type Database = PostgresAddress & { database: string };

export const settings = ({ host, port, user, password, database }: Database, more: Partial<Config> = {}): Config => ({
  host,
  port,
  user,
  password,
  database,
  ...more,
});

export interface RunOptions {
  config?: Partial<Config>;
  catalog?: Catalog;
  state?: State;
  /** Stops reading after so many lines, as a kill does. */
  until?: (message: Message) => boolean;
  /** Called before each piece is asked for. */
  between?: () => Promise<void>;
}

export async function runTap(database: Database, { config, catalog, state = {}, until, between }: RunOptions = {}): Promise<Sent> {
  const messages: Message[] = [];
  const warnings: string[] = [];
  const options = {
    state,
    ...(catalog === undefined ? {} : { catalog }),
    log: (level: string, message: string) => void (level === "warning" && warnings.push(message)),
  };
  const read = async (): Promise<void> => {
    for await (const bytes of extract(tap, settings(database, config), options)) {
      for (const line of Buffer.from(bytes).toString().trimEnd().split("\n")) {
        const message = parseExact(line) as unknown as Message;
        messages.push(message);
        if (until?.(message) === true) return;
      }
      await between?.();
    }
  };
  const thrown = await read().then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    messages,
    rows: (stream) => messages.filter((message) => message.type === "RECORD" && message.stream === stream).map(({ record }) => record),
    state: (messages.findLast(({ type }) => type === "STATE")?.value as unknown as State) ?? state,
    warnings,
    thrown,
  };
}

export async function discoverCatalog(database: Database, config?: Partial<Config>): Promise<Catalog> {
  await using session = await openTap(tap, settings(database, config));
  return discover(session.streams);
}

/** The catalog with a stream read by a replication key. */
export function incremental(catalog: Catalog, stream: string, key: string): Catalog {
  return {
    streams: catalog.streams.map((entry) =>
      entry.tap_stream_id === stream ? { ...entry, replication_method: "INCREMENTAL", replication_key: key } : entry,
    ),
  };
}
