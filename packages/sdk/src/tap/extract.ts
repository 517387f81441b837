/**
 * The path of a tap: open -> streams -> selection -> read -> encode -> bytes. A generator of pieces of the Singer stream, so that
 * back-pressure, stopping and clean-up are the language's. It does no I/O; `bin/tap-main` writes what it yields.
 */
import { asTaplineError, type CatalogStream, readCatalog, type State, type Static, type TObject } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Log, Stream } from "./define.ts";
import type { Tap } from "./define-tap.ts";
import { catalogEntry } from "./discover.ts";
import type { Durable, Follow } from "./follow.ts";
import { readGroup } from "./group-reader.ts";
import { openTap } from "./open-tap.ts";
import { promptly, waiting } from "./promptly.ts";
import { isStreamSelected } from "./select.ts";
import type { SecretPlace, StreamGroup } from "./session.ts";
import { isReadBy } from "./stream-context.ts";
import { type FailedStream, failureOf, StreamFailed, streamFailed } from "./stream-failed.ts";
import { StreamWriter, type StreamWriterOptions } from "./stream-writer.ts";
import { TapState } from "./tap-state.ts";

export interface ExtractOptions
  extends Pick<StreamWriterOptions, "onCount" | "onFiles" | "onReject" | "onSkip" | "onProgress" | "target" | "files"> {
  catalog?: unknown;
  state?: State | undefined;
  signal?: AbortSignal;
  log?: Log;
  /** Under which a runner keeps the state. */
  stateId?: string | undefined;
  /** Where secrets are kept that the source changes. */
  secrets?: SecretPlace | undefined;
  /** Read the groups that follow until `follow.ends` is aborted. */
  follow?: Follow | undefined;
  durable?: Durable | undefined;
  /** The caller uses each piece before it asks for the next, so that pieces may be parts of a buffer which the tap uses again. Saves a copy. */
  usesPiecesAtOnce?: boolean | undefined;
  /** Called once, with the streams that will be read. */
  onSelect?: (streams: readonly Stream[]) => void;
  /** Called once for every selected stream, before its first and after its last row, also where it could not be read to its end. */
  onStream?: (event: "start" | "end", stream: string) => void;
}

/** A stream to read, with its catalog entry. */
type Selected = readonly [stream: Stream, entry: CatalogStream];

/**
 * Yields bytes of whole Singer lines. The pieces are the caller's to keep, unless it says `usesPiecesAtOnce`.
 * @example for await (const bytes of extract(tap, { station: "Aa" }, { state })) process.stdout.write(bytes);
 */
export async function* extract<C extends TObject>(
  tap: Tap<C>,
  config: Static<C>,
  options: ExtractOptions = {},
): AsyncGenerator<Uint8Array> {
  const {
    signal = new AbortController().signal,
    log = () => {},
    follow,
    target,
    files,
    onCount,
    onFiles,
    onReject,
    onSkip,
    onProgress,
  } = options;
  const entries = options.catalog === undefined ? undefined : readCatalog(options.catalog).streams.filter(isStreamSelected);
  const wanted = entries && new Set(entries.map((entry) => entry.tap_stream_id));
  await using session = await openTap(tap, config, {
    wanted,
    signal,
    log,
    stateId: options.stateId,
    secrets: options.secrets,
    follow,
    durable: options.durable,
  });
  const { selected, missing } = select(session.streams, entries);
  const parts = [...inOrder(selected, session.together ?? [])];
  const lasting = follow === undefined ? [] : partThatFollows(parts, log);
  const context: StreamWriterOptions = {
    state: new TapState(options.state ?? {}),
    signal,
    log,
    target,
    files,
    onCount,
    onFiles,
    onReject,
    onSkip,
    onProgress,
    usesPiecesAtOnce: options.usesPiecesAtOnce,
  };
  options.onSelect?.(selected.map(([stream]) => stream));
  const failures: FailedStream[] = [];
  const fail = (failed: FailedStream): void => {
    failures.push(failed);
    log("warning", `stream ${JSON.stringify(failed.stream)} failed: ${failed.error.message}`, failed.stream);
  };
  missing.forEach(fail);
  for (const { group, members } of [...parts.filter((part) => !lasting.includes(part)), ...lasting]) {
    if (signal.aborted) return;
    for (const [stream] of members) options.onStream?.("start", stream.name);
    try {
      yield* group === undefined ? readStream(members[0] as Selected, context) : readGroup(group, members, context, fail);
    } catch (error) {
      if (!(error instanceof StreamFailed)) throw error;
      for (const [{ name }] of members) fail({ stream: name, error: asTaplineError(error.cause) });
    }
    if (signal.aborted) return;
    for (const [stream] of members) options.onStream?.("end", stream.name);
  }
  const [first, ...others] = failures;
  if (first !== undefined) throw failureOf([first, ...others], selected.length + missing.length);
}

/** All streams, or those of the catalog; one that the tap does not offer has failed. @throws stream_not_offered where it offers none of them */
function select(
  streams: readonly Stream[],
  entries: readonly CatalogStream[] | undefined,
): { selected: Selected[]; missing: FailedStream[] } {
  if (entries === undefined) return { selected: streams.map((stream) => [stream, catalogEntry(stream)]), missing: [] };
  const selected: Selected[] = [];
  const missing: FailedStream[] = [];
  for (const entry of entries) {
    const { tap_stream_id: id } = entry;
    const stream = streams.find(({ name }) => name === id);
    if (stream !== undefined) selected.push([stream, entry]);
    else missing.push({ stream: id, error: errors.stream_not_offered({ stream: id }, { stream: id }) });
  }
  const [first] = missing;
  if (first !== undefined && selected.length === 0) throw first.error;
  return { selected, missing };
}

/** Streams that are read together, or one that is read alone. */
interface Part {
  group?: StreamGroup;
  members: readonly Selected[];
}

/** The one that does not end, so it comes last; what is read once is said. @throws nothing_to_follow */
function partThatFollows(parts: readonly Part[], log: Log): Part[] {
  const [lasting, ...others] = parts.filter(({ group }) => group?.follows === true);
  if (lasting === undefined || others.length > 0) throw errors.nothing_to_follow({});
  const once = parts.filter((part) => part !== lasting).flatMap(({ members }) => members.map(([{ name }]) => name));
  if (once.length > 0) log("info", `read once at the start, and not followed: ${once.join(", ")}`);
  return [lasting];
}

/** One part for each stream, or for all that are read together, at the place of the first of them. */
function* inOrder(selected: readonly Selected[], groups: readonly StreamGroup[]): Generator<Part> {
  const read = new Set<StreamGroup>();
  const groupOf = ([stream, entry]: Selected): StreamGroup | undefined => groups.find((group) => isReadBy(group, stream, entry));
  for (const one of selected) {
    const group = groupOf(one);
    if (group === undefined) yield { members: [one] };
    else if (!read.has(group)) {
      read.add(group);
      yield { group, members: selected.filter((each) => groupOf(each) === group) };
    }
  }
}

async function* readStream([stream, entry]: Selected, options: StreamWriterOptions): AsyncGenerator<Uint8Array> {
  const writer = writerOf(stream, entry, options);
  yield* writer.start();
  try {
    for await (const chunk of promptly(stream.read(writer.context), () => writer.holdsRows)) {
      if (options.signal.aborted) break;
      // Not `yield*`, which awaits even when there is nothing to yield.
      for (const bytes of chunk === waiting ? writer.flush() : writer.take(chunk)) yield bytes;
    }
  } catch (error) {
    if (error instanceof StreamFailed) yield* writer.flush();
    throw error;
  }
  yield* writer.end();
}

/** A catalog that does not fit one stream does not fit that one only. */
function writerOf(stream: Stream, entry: CatalogStream, options: StreamWriterOptions): StreamWriter {
  try {
    return new StreamWriter(stream, entry, options);
  } catch (error) {
    throw streamFailed(error);
  }
}
