/** Runs the tap in this process, and gives back what it sent. */
import {
  type Catalog,
  checkConfig,
  discover,
  extract,
  type Json,
  openTap,
  parseExact,
  type Row,
  type State,
  type TargetFacts,
} from "@tapline/sdk";
import type { Config } from "../src/config.ts";
import tap from "../src/index.ts";

export interface Message {
  type: string;
  stream: string;
  record: Row;
  value: { bookmarks: Record<string, Record<string, Json>> };
  schema: { properties: Record<string, unknown> };
  version?: number;
  column?: string;
}

export interface Sent {
  messages: Message[];
  types: string[];
  /** The records of a stream. */
  rows(stream: string): Row[];
  /** The last STATE; the given one where none was sent. */
  state: State;
  warnings: string[];
  infos: string[];
  thrown: unknown;
}

export interface RunOptions {
  catalog?: Catalog;
  state?: State;
  /** Stops reading after a message, as a kill does. */
  until?: (message: Message) => boolean;
  /** Called before each piece is asked for. */
  between?: () => Promise<void>;
  target?: TargetFacts;
}

export async function runTap(config: Partial<Config>, { catalog, state = {}, until, between, target }: RunOptions = {}): Promise<Sent> {
  const messages: Message[] = [];
  const [warnings, infos]: [string[], string[]] = [[], []];
  const options = {
    state,
    target,
    ...(catalog === undefined ? {} : { catalog }),
    log: (level: string, message: string) => void (level === "warning" ? warnings : infos).push(message),
  };
  const read = async (): Promise<void> => {
    for await (const bytes of extract(tap, checkConfig<Config>(tap.name, tap.config, config).config, options)) {
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
    types: messages.map(({ type }) => type),
    rows: (stream) => messages.filter((message) => message.type === "RECORD" && message.stream === stream).map(({ record }) => record),
    state: (messages.findLast(({ type }) => type === "STATE")?.value as unknown as State) ?? state,
    warnings,
    infos,
    thrown,
  };
}

export async function discoverCatalog(config: Partial<Config>): Promise<Catalog> {
  await using session = await openTap(tap, config);
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

export const numbers = (rows: readonly Row[], column = "id"): number[] => rows.map((row) => Number(row[column])).sort((a, b) => a - b);
export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
