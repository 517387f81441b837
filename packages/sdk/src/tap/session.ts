/**
 * What a tap that holds something open, such as a connection, returns from `open`: its streams, and which of them are read together.
 * A tap without `open` is a session that has nothing to close.
 */
import type { ReplicationMethod, StreamState } from "@tapline/protocol";
import type { Checkpoint, Chunk, Log, ReadContext, Stream } from "./define.ts";
import type { Durable, Follow } from "./follow.ts";
import type { StreamFailed } from "./stream-failed.ts";

/** Bookmarks of several streams that are read together, for one STATE. */
export class Checkpoints {
  readonly bookmarks: Readonly<Record<string, StreamState>>;
  constructor(bookmarks: Readonly<Record<string, StreamState>>) {
    this.bookmarks = bookmarks;
  }
}

/**
 * Yield it from a group's `read` when a later run can continue from these bookmarks: all rows of the group that were yielded before
 * are then sent before the one STATE. Streams that it does not name keep their bookmark.
 * @example yield ["orders", { id: 1 }];
 * yield ["lines", { order: 1, line: 1 }];
 * yield checkpoints({ orders: { position: 7 }, lines: { position: 7 } });
 */
export function checkpoints(bookmarks: Readonly<Record<string, StreamState>>): Checkpoints {
  return new Checkpoints(bookmarks);
}

/**
 * What a group yields of one stream: all that a stream's own `read` may yield, but no checkpoint, for that is of all of them; or
 * `streamFailed(error)`, after which the group reads its other streams on, and the run ends failed.
 */
export type GroupChunk = Exclude<Chunk, Checkpoint> | StreamFailed;

/** Streams that one source sends interleaved, such as a log of changes, or a parent with its children. */
export interface StreamGroup {
  /** Names of streams of the session. Each is in one group at most; the others are read by their own `read`, one after another. */
  readonly streams: readonly string[];
  /** Only those that are read by this method belong to the group. Default: all. */
  readonly replicationMethod?: ReplicationMethod;
  /** Looks, for `--test`, whether the streams can be read together, and changes nothing. Without it `--test` reads their first rows. @throws what is in the way */
  check?(streams: readonly Stream[]): Promise<void>;
  /**
   * In a run that follows, the group reads on until `context.follow.ends` of `open` is aborted. It is read after all streams that are read once. Only
   * for taps that say `follows` in their definition.
   */
  readonly follows?: boolean;
  /** Called once, where one of the streams is selected. `contexts` has those that are. */
  read(contexts: ReadonlyMap<string, ReadContext>): AsyncIterable<readonly [stream: string, chunk: GroupChunk] | Checkpoints>;
}

/** Closed once, when all is read, when reading failed and when the run stops. */
export interface TapSession extends Partial<AsyncDisposable> {
  readonly streams: readonly Stream[];
  readonly together?: readonly StreamGroup[];
}

export interface OpenContext {
  /** As for `streams` of a tap: with a catalog, the tap_stream_ids that it selects. */
  readonly wanted: ReadonlySet<string> | undefined;
  /** Aborted when the run stops. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Under which the runner keeps the state, unique to its project; undefined where no runner started the tap. */
  readonly stateId?: string | undefined;
  /** Set where the run stays and follows the source. Only for taps that say `follows` in their definition. */
  readonly follow?: Follow | undefined;
  /**
   * Which states are stored. undefined: nobody tells, as in a shell pipe. Then only the state of the next start says what is loaded, and nothing
   * else may be confirmed to the source. Only for taps that say `follows`.
   */
  readonly durable?: Durable | undefined;
  /** Where secrets are kept that the source changes, such as a refresh token; undefined where no runner keeps them. */
  readonly secrets?: SecretPlace | undefined;
}

/** Keeps secrets that a source changes. */
export interface SecretPlace {
  /** undefined: none is kept. */
  get(name: string): Promise<string | undefined>;
  /** Keeps `next` if `before` is what is kept (undefined: none). false: it is not; somebody else changed it. @throws when it can't be kept */
  swap(name: string, before: string | undefined, next: string): Promise<boolean>;
}
