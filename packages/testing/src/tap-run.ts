/** Runs a tap in the process of a test, and gives back what it sent. */
import {
  type Catalog,
  checkConfig,
  type Durable,
  discover,
  extract,
  type Follow,
  openTap,
  parseExact,
  type Row,
  type State,
  type Static,
  type Tap,
  type TargetFacts,
  type TObject,
} from "@tapline/sdk";
import type { Message } from "./message.ts";

/** All that a run sent. */
export interface Sent {
  messages: Message[];
  types: string[];
  /** The records of a stream. */
  rows(stream: string): Row[];
  /** The last STATE; the given one where none was sent. */
  state: State;
  warnings: string[];
  infos: string[];
  /** The bytes that the tap said it has read, each time. */
  progress: number[];
  thrown: unknown;
}

/** What a run is given, and when it is stopped. */
export interface RunOptions {
  catalog?: Catalog;
  state?: State;
  /** Stops reading after a message, as a kill does. */
  until?: (message: Message) => boolean;
  /** Called before each piece is asked for. */
  between?: () => Promise<void>;
  target?: TargetFacts;
  /** As a run by tapline has it. */
  stateId?: string;
  /** As a run with --follow has them. */
  follow?: Follow;
  durable?: Durable;
}

/** A tap whose runs a test looks at. Configs are checked as they are on a command line, and get their defaults. */
export interface TapRunner<C extends TObject> {
  /** Never throws: what the run threw is in what it sent. */
  runTap(config: Partial<Static<C>>, options?: RunOptions): Promise<Sent>;
  discoverCatalog(config: Partial<Static<C>>): Promise<Catalog>;
}

/** The functions that run this tap. */
export function tapRunner<C extends TObject>(tap: Tap<C>): TapRunner<C> {
  const settingsOf = (config: Partial<Static<C>>): Static<C> => checkConfig<Static<C>>(tap.name, tap.config, config).config;
  return {
    runTap: (config, options) => run(tap, () => settingsOf(config), options),
    async discoverCatalog(config) {
      await using session = await openTap(tap, settingsOf(config));
      return discover(session.streams);
    },
  };
}

async function run<C extends TObject>(
  tap: Tap<C>,
  settings: () => Static<C>,
  { catalog, state = {}, until, between, target, stateId, follow, durable }: RunOptions = {},
): Promise<Sent> {
  const messages: Message[] = [];
  const [warnings, infos, progress]: [string[], string[], number[]] = [[], [], []];
  const options = {
    state,
    target,
    stateId,
    follow,
    durable,
    ...(catalog === undefined ? {} : { catalog }),
    onProgress: (_: string, doneBytes: number) => void progress.push(doneBytes),
    log: (level: string, message: string) => void (level === "warning" ? warnings : infos).push(message),
  };
  const read = async (): Promise<void> => {
    for await (const bytes of extract(tap, settings(), options)) {
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
    progress,
    thrown,
  };
}

/** The catalog with a stream read by a replication key. */
export function incremental(catalog: Catalog, stream: string, key: string): Catalog {
  return {
    streams: catalog.streams.map((entry) =>
      entry.tap_stream_id === stream ? { ...entry, replication_method: "INCREMENTAL", replication_key: key } : entry,
    ),
  };
}

/** The numbers of a column, sorted. */
export const numbers = (rows: readonly Row[], column = "id"): number[] => rows.map((row) => Number(row[column])).sort((a, b) => a - b);
/** The numbers from one to another, both included. */
export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

export { brief, codeOf, Loaded } from "./loaded.ts";
export type { Message } from "./message.ts";
