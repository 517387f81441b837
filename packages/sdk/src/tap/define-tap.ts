/**
 * What the author of a tap writes: one object with a name, a config schema and the streams it can read.
 * The SDK does the rest: discovery, selection, bookmarks, STATE, encoding, back-pressure, the command line.
 */
import type { InventoryLine, Opening, SourceFile, Static, TaplineError, TObject } from "@tapline/protocol";
import type { Command } from "../bin/command.ts";
import type { SettingAliases } from "../config/define.ts";
import type { DigestSource } from "../digest.ts";
import type { ListedRejects } from "../target/kept-rejects.ts";
import type { FileFormat, Log, Stream } from "./define.ts";
import type { OpenContext, TapSession } from "./session.ts";

/** `value`: what the setting `snapshot` takes. `lost` settles when the source ends it. */
export interface HeldSnapshot extends AsyncDisposable {
  readonly value: Readonly<Record<string, unknown>>;
  readonly lost: Promise<TaplineError>;
}

/** What every tap has. */
export interface TapParts<C extends TObject> {
  name: string;
  version: string;
  description: string;
  config: C;
  /** Old or foreign names of settings, each with the present name. */
  aliases?: SettingAliases;
  /** Files or addresses that people may give to `tapline load`. */
  opens?: readonly Opening[];
  /** Commands that the executable has beside the Singer flags. */
  commands?: readonly Command[];
  /** The tap can hand over files of this format: see `rowFiles`. It then has the setting `batch_config`. */
  files?: FileFormat;
  /**
   * The tap has the settings `start_date` and `end_date`: of a stream whose replication key is named in its metadata `range-keys` it reads the
   * rows at or after the one and before the other, and its last bookmark leaves none of them to read.
   */
  readsRange?: boolean;
  /**
   * The tap can stay and follow its source: it has a group with `follows`, and acts on `follow` and `durable` of the context that `open` gets.
   */
  follows?: boolean;
  /**
   * The files that the tap would read, for `--files`, with the streams of each. Such a tap has the setting `claimed_files`: where it is
   * set, it reads no other files, and its bookmarks say under `claims` which of them were read.
   */
  sourceFiles?(config: Static<C>, log: Log): Promise<readonly SourceFile[]>;
  /**
   * Holds a snapshot of the source until it is disposed of, for `--snapshot`. Such a tap has the setting `snapshot`: where it has the value
   * that this one shows, all streams are read in that snapshot, or the read fails.
   */
  snapshot?(config: Static<C>): Promise<HeldSnapshot>;
  /** For `--inventory`: a line for each of these streams, and one for what belongs to none. */
  inventory?(config: Static<C>, streams: readonly string[], log: Log): Promise<readonly InventoryLine[]>;
  /** The rejected rows that earlier runs kept, for `--rejects`. */
  rejects?(config: Static<C>): ListedRejects;
  /** For taps whose tables can be compared with those of other databases (`--digest`, `--rows`). `signal` cancels its statements. */
  digest?(config: Static<C>, signal: AbortSignal): Promise<DigestSource>;
}

/** A tap that holds nothing open between its streams. */
export interface StreamsTap<C extends TObject = TObject> extends TapParts<C> {
  /**
   * The streams of this config. May do I/O (discovery). With a catalog, `wanted` has the tap_stream_ids that it selects: other
   * streams may be left out, and types need no discovery, for the catalog has them. `log` is for decisions of discovery.
   */
  streams(config: Static<C>, wanted?: ReadonlySet<string>, log?: Log): Promise<readonly Stream[]> | readonly Stream[];
  open?: undefined;
}

/** A tap whose streams share something that is opened once and closed at the end, such as a connection and its snapshot. */
export interface SessionTap<C extends TObject = TObject> extends TapParts<C> {
  /** Called once. It may do I/O (discovery), and its streams are read before the session is closed. */
  open(config: Static<C>, context: OpenContext): Promise<TapSession> | TapSession;
  streams?: undefined;
}

export type Tap<C extends TObject = TObject> = StreamsTap<C> | SessionTap<C>;

/**
 * Identity at run time; at compile time the config that `streams` or `open` gets is typed from the schema.
 * @example export default defineTap({
 *   name: "tap-weather",
 *   version: "1.0.0",
 *   description: "Temperatures of a station.",
 *   config: Type.Object({ station: Type.String() }),
 *   streams: ({ station }) => [temperatures(station)],
 * });
 * @example open: async ({ url }) => {
 *   const client = await connect(url);
 *   return { streams: [orders(client)], [Symbol.asyncDispose]: () => client.end() };
 * },
 */
export function defineTap<C extends TObject>(tap: StreamsTap<C>): StreamsTap<C>;
export function defineTap<C extends TObject>(tap: SessionTap<C>): SessionTap<C>;
export function defineTap<C extends TObject>(tap: Tap<C>): Tap<C> {
  return tap;
}
