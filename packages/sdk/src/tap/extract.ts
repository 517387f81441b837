/**
 * The path of a tap: streams -> selection -> read -> encode -> bytes. A generator of pieces of the Singer stream, so that
 * back-pressure, stopping and clean-up are the language's. It does no I/O; `bin/tap-main` writes what it yields.
 */
import { type CatalogStream, readCatalog, type State, type Static, type TObject } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Log, Stream, Tap } from "./define.ts";
import { catalogEntry } from "./discover.ts";
import { promptly, waiting } from "./promptly.ts";
import { isStreamSelected } from "./select.ts";
import { StreamWriter, type StreamWriterOptions } from "./stream-writer.ts";
import { TapState } from "./tap-state.ts";

export interface ExtractOptions extends Pick<StreamWriterOptions, "onCount" | "onReject" | "onSkip" | "onProgress" | "target"> {
  catalog?: unknown;
  state?: State | undefined;
  signal?: AbortSignal;
  log?: Log;
  /** Called once, with the streams that will be read. */
  onSelect?: (streams: readonly Stream[]) => void;
  /** Called once for every selected stream, before its first and after its last row. */
  onStream?: (event: "start" | "end", stream: string) => void;
}

/**
 * Yields bytes of whole Singer lines; each piece must be used before the next is asked for.
 * @example for await (const bytes of extract(tap, { station: "Aa" }, { state })) process.stdout.write(bytes);
 */
export async function* extract<C extends TObject>(
  tap: Tap<C>,
  config: Static<C>,
  options: ExtractOptions = {},
): AsyncGenerator<Uint8Array> {
  const { signal = new AbortController().signal, log = () => {}, target, onCount, onReject, onSkip, onProgress } = options;
  const state = new TapState(options.state ?? {});
  const selected = await select(tap, config, options);
  options.onSelect?.(selected.map(([stream]) => stream));
  for (const [stream, entry] of selected) {
    if (signal.aborted) return;
    options.onStream?.("start", stream.name);
    yield* extractStream(stream, entry, { state, signal, log, target, onCount, onReject, onSkip, onProgress });
    if (signal.aborted) return;
    options.onStream?.("end", stream.name);
  }
}

/** The streams to read, each with its catalog entry. @throws catalog_invalid, stream_not_offered and what discovery throws */
async function select<C extends TObject>(
  tap: Tap<C>,
  config: Static<C>,
  { catalog, log }: ExtractOptions,
): Promise<[Stream, CatalogStream][]> {
  if (catalog === undefined) return (await tap.streams(config, undefined, log)).map((stream) => [stream, catalogEntry(stream)]);
  const entries = readCatalog(catalog).streams.filter(isStreamSelected);
  const streams = await tap.streams(config, new Set(entries.map((entry) => entry.tap_stream_id)), log);
  return entries.map((entry) => {
    const stream = streams.find((s) => s.name === entry.tap_stream_id);
    if (stream === undefined) throw errors.stream_not_offered({ stream: entry.tap_stream_id, offered: streams.map((s) => s.name) });
    return [stream, entry];
  });
}

async function* extractStream(stream: Stream, entry: CatalogStream, options: StreamWriterOptions): AsyncGenerator<Uint8Array> {
  const writer = new StreamWriter(stream, entry, options);
  yield* writer.start();
  for await (const chunk of promptly(stream.read(writer.context), () => writer.holdsRows)) {
    if (options.signal.aborted) break;
    // Not `yield*`, which awaits even when there is nothing to yield.
    for (const bytes of chunk === waiting ? writer.flush() : writer.take(chunk)) yield bytes;
  }
  yield* writer.end();
}
