/**
 * The path of a target: bytes -> decode -> cut -> hand over -> commit -> STATE. A generator of the STATEs that became
 * durable, each after its commit. The loop waits for whichever is first: input, the commit timer or the stop signal. So a quiet
 * tap delays no commit, and a stop takes effect at once.
 */
import type { FailedRecord, StreamMapper } from "@tapline/maps";
import { mapsStreams } from "@tapline/maps/settings";
import { type Decoded, Decoder, isRowCheck, type Json, type JsonSchema, type ReplaceSourceMessage, TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { flatteningOptions } from "../flatten/settings.ts";
import { refuseCommitChecks } from "./checks/commit-checks.ts";
import { isCheckStop, LoadChecks } from "./checks/load-checks.ts";
import { Cut, type Step } from "./cut.ts";
import type { Target } from "./define.ts";
import { OwnFiles } from "./files/access.ts";
import { readBatch } from "./files/read-batch.ts";
import { LineBatch } from "./line-batch.ts";
import type { LoadOptions } from "./load-options.ts";
import { metadataClock } from "./metadata.ts";
import { commitsOnce, type TargetSettings } from "./settings.ts";
import { OpenStreams } from "./streams.ts";

/** So much is handed over as soon as a STATE allows it: a database then works while more input arrives, and the lines are still in the processor's cache. */
const worthwhileBytes = 2 << 20;

/** A tap without news may send a STATE for each of a thousand streams, and each commit costs: those of this time are one. */
const emptyCommitMs = 1000;

/** The language of maps is loaded only where there are some. @throws map_invalid */
async function openMapper(config: TargetSettings, { warn }: LoadOptions, failed: FailedRecord[]): Promise<StreamMapper> {
  const maps = await import("@tapline/maps");
  const onFailed = config.on_error === "reject" ? (each: FailedRecord): void => void failed.push(each) : undefined;
  return maps.openMapper(config, { onFailed, ...(warn === undefined ? {} : { warn }) });
}

/** Thrown when the load stopped because of `signal` or `isWhole`. What was yielded before is durable; nothing else is. */
export class Stopped extends Error {}

type Event = { type: "input"; chunk: Uint8Array } | { type: "end" } | { type: "due" } | { type: "stop" };

/**
 * Yields the value of each STATE once everything before it is durable. Rows stay in the pieces of `input` until they are handed over, so
 * nobody may change a piece after it was given. @throws TaplineError, Stopped
 * @example for await (const state of load(target, targetConfig, extract(tap, tapConfig))) save(state);
 */
export async function* load(
  target: Target,
  config: TargetSettings & Record<string, unknown>,
  input: AsyncIterable<Uint8Array>,
  options: LoadOptions = {},
): AsyncGenerator<Json> {
  const flattening = flatteningOptions(config);
  refuseCommitChecks(target, config.commit_checks);
  /** Records that the maps could not map, until they are handed on as rejected rows. */
  const unmapped: FailedRecord[] = [];
  const mapper = mapsStreams(config) ? await openMapper(config, options, unmapped) : undefined;
  const sink = await target.open(config);
  const clock = config.add_record_metadata ? (options.clock ?? metadataClock()) : undefined;
  const waitsForEnd = commitsOnce(config);
  const checks = (config.checks ?? []).some(isRowCheck) ? new LoadChecks(config.checks ?? [], waitsForEnd) : undefined;
  const streams = new OpenStreams(target, sink, config, { ...options, clock, flattening, checks });
  const cut = new Cut();
  const ownFiles = new OwnFiles();
  const decoder = new Decoder({ maxLineBytes: config.max_line_bytes });
  const source = input[Symbol.asyncIterator]();
  let reading: Promise<IteratorResult<Uint8Array>> | undefined;
  /** The source whose rows arrive now: they are all there at the next STATE. */
  let replacing: ReplaceSourceMessage | undefined;
  let isSummedUp = false;

  /** When a STATE was committed without rows. */
  let emptyCommitAt = 0;

  /** When the oldest row that is not durable is due, or else the STATE that waits. */
  const dueAt = (): number =>
    cut.oldest === undefined ? emptyCommitAt + Math.min(emptyCommitMs, config.commit_after_ms) : cut.oldest + config.commit_after_ms;

  const next = (): Promise<Event> => {
    reading ??= source.next();
    return race(reading, cut.canCommit && !waitsForEnd ? dueAt() : undefined, options.signal);
  };

  const handOver = async (steps: readonly Step[]): Promise<void> => {
    for (const step of steps) await (step instanceof LineBatch ? streams.write(step) : step.apply());
  };

  async function* commit(isEnd = false): AsyncGenerator<Json> {
    if (cut.oldest === undefined) emptyCommitAt = Date.now();
    const { steps, activations, state } = isEnd ? cut.takeAll() : cut.takeCommit();
    await handOver(steps);
    await streams.commit(state, activations, isEnd);
    for (const found of checks?.commit(isEnd) ?? []) options.onCheck?.(found, false);
    await ownFiles.delete(isEnd);
    if (state !== undefined) yield state.value;
  }

  /** The schema that a tap's rows have, in files too. */
  const schemaOf = (stream: string): JsonSchema => mapper?.schemaOf(stream) ?? streams.schemaOf(stream);

  const isDue = (): boolean =>
    !waitsForEnd && (Date.now() >= dueAt() || streams.uncommitted >= (config.batch_size_rows ?? Number.POSITIVE_INFINITY));

  /** Through the maps, if there are any. The rows of files are mapped once they are read. */
  const receive = (decoded: Decoded, receivedAt: string): AsyncGenerator<Json> =>
    mapper === undefined || (decoded.type === "BATCH" && mapper.readsRows(decoded.stream))
      ? take(decoded, receivedAt)
      : takeMapped(mapper, decoded, receivedAt);

  async function* takeMapped(maps: StreamMapper, decoded: Decoded, receivedAt: string): AsyncGenerator<Json> {
    for (const mapped of maps.take(decoded)) yield* take(mapped, receivedAt);
    // They have a place among the rows, so that they are kept by the commit that covers it.
    for (const failed of unmapped.splice(0)) cut.change(streams.takeUnmapped(failed), receivedAt);
  }

  async function* take(decoded: Decoded, receivedAt: string): AsyncGenerator<Json> {
    switch (decoded.type) {
      case "RECORDS":
        streams.received(decoded);
        checks?.look({ ...decoded, receivedAt });
        cut.add({ ...decoded, receivedAt });
        while (cut.byteLength > config.batch_max_bytes) await handOver(cut.takeLargest());
        return;
      case "STATE":
        replacing = undefined;
        cut.mark(decoded.value);
        checks?.mark();
        ownFiles.mark();
        if (isDue()) yield* commit();
        else await handOver(cut.takeBefore(worthwhileBytes));
        return;
      case "SCHEMA": {
        const change = await streams.define(decoded);
        if (change === undefined) return;
        // After rows that wait it has to wait too: handed over now, rows after the last STATE would make a commit there impossible.
        if (cut.holds(change.stream)) cut.change(change);
        else await change.apply();
        return;
      }
      case "ACTIVATE_VERSION":
        if (streams.activatesInTurn(decoded, receivedAt)) cut.activate(decoded.stream, { version: decoded.version, at: receivedAt });
        return;
      case "REPLACE_SOURCE":
        cut.change(streams.replaceSource(decoded));
        replacing = decoded;
        return;
      case "BATCH":
        for await (const part of readBatch(decoded, schemaOf(decoded.stream), config, (file) => ownFiles.add(file))) {
          if (part.type === "RECORDS") yield* receive(part, receivedAt);
          else if (mapper?.readsRows(decoded.stream) || checks?.covers(decoded.stream)) {
            for await (const records of part.records()) yield* receive(records, receivedAt);
          } else {
            cut.change(streams.takeFile(part, receivedAt), receivedAt);
            while (cut.byteLength > config.batch_max_bytes) await handOver(cut.takeLargest());
          }
          if (options.signal?.aborted) throw new Stopped();
          // A long file must not keep the rows before it from being committed.
          if (cut.canCommit && isDue()) yield* commit();
        }
    }
  }

  /** What a tap that has ended left in the pipe; little of what one sends that still writes. Rows after the last STATE are dropped as ever. */
  async function* takeRest(): AsyncGenerator<Json> {
    const until = Date.now() + restMs;
    for (let bytes = 0; bytes < mostRestBytes; ) {
      reading ??= source.next();
      const event = await race(reading, Math.min(Date.now() + quietMs, until), undefined);
      if (event.type !== "input") return;
      reading = undefined;
      bytes += event.chunk.byteLength;
      for (const decoded of decoder.push(event.chunk)) yield* receive(decoded, new Date().toISOString());
    }
  }

  try {
    if (sink.guarantee !== undefined) options.onGuarantee?.(sink.guarantee);
    for (;;) {
      const event = await next();
      if (event.type === "stop") {
        if (options.readsRest === true) yield* takeRest();
        throw new Stopped();
      }
      if (event.type === "end") break;
      if (event.type === "due") {
        yield* commit();
        continue;
      }
      reading = undefined;
      const receivedAt = new Date().toISOString();
      for (const decoded of decoder.push(event.chunk)) {
        yield* receive(decoded, receivedAt);
        if (options.signal?.aborted && options.readsRest !== true) throw new Stopped();
      }
    }
    if (!(await isWhole(options))) throw new Stopped();
    for (const decoded of decoder.end()) yield* receive(decoded, new Date().toISOString());
    if (replacing !== undefined) throw errors.replace_source_cut({ value: replacing.value }, { stream: replacing.stream });
    streams.endInput();
    yield* commit(true);
    const summaries = await streams.summaries();
    isSummedUp = true;
    options.onSummary?.(summaries);
  } catch (error) {
    // When the input broke or a stop was asked for, what is before the last STATE is whole and can be committed. After any other
    // error nothing can.
    const isInputsFault = error instanceof Stopped || isCheckStop(error) || (error instanceof TaplineError && error.class === "protocol");
    if (isInputsFault && cut.canCommit && !waitsForEnd && !streams.failed) yield* commit();
    else await sink.rollback();
    throw error;
  } finally {
    const spent = sink.spent?.();
    if (spent !== undefined) options.onSpent?.(spent);
    try {
      await sink[Symbol.asyncDispose]();
    } finally {
      for (const found of checks?.found() ?? []) options.onCheck?.(found, true);
      if (mapper !== undefined) options.onMapped?.(mapper.counts());
      if (!isSummedUp) options.onSummary?.(streams.summariesSoFar());
      // Without this a pending read keeps the process alive, waiting for a tap that may never write again.
      void source.return?.();
    }
  }
}

/** A pipe of Linux holds 64 KiB, and the reader of stdin as much again. */
const mostRestBytes = 1024 * 1024;
/** So long without input means that the tap still holds its end of the pipe open, and has nothing to say. */
const quietMs = 200;
/** A tap that writes a little now and then must not keep a target that was stopped. What lies in the pipe takes no time to come. */
const restMs = 2000;

/** False too where the load is stopped while the answer is awaited. */
async function isWhole({ isWhole: ask, signal }: LoadOptions): Promise<boolean> {
  if (ask === undefined) return true;
  if (signal === undefined) return await ask();
  const stopped = new Promise<boolean>((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener("abort", () => resolve(false), { once: true });
  });
  return await Promise.race([ask(), stopped]);
}

/** Resolves with what happens first. The timer and the listener are removed when it does. */
async function race(
  reading: Promise<IteratorResult<Uint8Array>>,
  dueAt: number | undefined,
  signal: AbortSignal | undefined,
): Promise<Event> {
  if (signal?.aborted) return { type: "stop" };
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<Event>((resolve, reject) => {
      reading.then(({ done, value }) => resolve(done ? { type: "end" } : { type: "input", chunk: value }), reject);
      if (dueAt !== undefined) timer = setTimeout(resolve, Math.max(0, dueAt - Date.now()), { type: "due" });
      onAbort = () => resolve({ type: "stop" });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  } finally {
    clearTimeout(timer);
    if (onAbort) signal?.removeEventListener("abort", onAbort);
  }
}
