/**
 * Reads all streams of a run whose replication method is LOG_BASED: tables that have no valid bookmark whole, then the changes of all up to
 * where the log stood when the run began; with --follow, what comes until the run shall end.
 */
import { checkpoints, type ReadContext, rowVersion, type StreamGroup } from "@tapline/sdk";
import { logGroupOf, streamName } from "@tapline/sql-tap";
import { openSession } from "../session/session.ts";
import { candidatesOf } from "./candidates.ts";
import { cascadeWarnings } from "./cascades.ts";
import { checkLog } from "./check-log.ts";
import { openFeed } from "./feed.ts";
import { drainAll, follow, type LogItem, stateOf } from "./follow.ts";
import { type LogPlace, LogStream } from "./log-stream.ts";
import type { LogParts } from "./parts.ts";
import { checkContinuity, planStream } from "./plan.ts";
import { comparePositions, earliestPosition } from "./position.ts";
import { readWhole, type WholeStream } from "./read-whole.ts";
import { checkServer, identify, logEnd } from "./server-facts.ts";

/** The streams of these tables, as far as a catalog makes them LOG_BASED. */
export function logGroup(parts: LogParts): StreamGroup {
  return logGroupOf({
    streams: parts.tables.map(streamName),
    check: (streams) => checkLog(streams, parts),
    read: (contexts) => readStreams(contexts, parts),
  });
}

async function* readStreams(contexts: ReadonlyMap<string, ReadContext>, parts: LogParts): AsyncGenerator<LogItem> {
  await using session = await openSession(parts.options);
  await checkServer(session);
  const signal = [...contexts.values()][0]?.signal ?? new AbortController().signal;
  const candidates = yield* candidatesOf(contexts, parts);
  if (candidates.length === 0) return;
  for (const warning of await cascadeWarnings(
    session,
    candidates.map(({ table }) => table),
  ))
    parts.log("warning", warning);
  const end = await logEnd(session);
  const server = await identify(session);
  await checkContinuity(
    session,
    server,
    candidates.flatMap(({ bookmark }) => bookmark ?? []),
  );
  const streams = new Map<string, LogStream>();
  const whole: WholeStream[] = [];
  for (const candidate of candidates) {
    const { name, context, table, bookmark } = candidate;
    const plan = planStream(candidate);
    if (plan.kind === "snapshot") whole.push({ name, context, table, version: bookmark?.version, why: plan.why });
    else {
      const { version, ...place } = plan.bookmark;
      streams.set(name, new LogStream({ name, context, table, place, version }, parts));
      yield [name, rowVersion(version)];
    }
  }
  await parts.charsets.load(
    session,
    candidates.flatMap(({ table }) => table.columns.map(({ charset }) => charset)),
  );
  const wholeOptions = { signal, onRead };
  if (whole.length > 0) yield* readWhole(whole, parts, wholeOptions);
  if (signal.aborted) return;
  const stays = parts.follow !== undefined;
  for (;;) {
    const all = [...streams.values()];
    const start = earliestPosition(all.map(({ place }) => place)) as LogPlace | undefined;
    if (start === undefined) return;
    if (stays || comparePositions(start, end) < 0) yield* followAll(all, start);
    const again = [...streams.values()].filter(({ resync }) => resync !== undefined);
    if (again.length === 0 || signal.aborted || parts.follow?.ends.aborted === true) return;
    yield* readWhole(again.map(againOf), parts, wholeOptions);
    if (!stays) return;
    // One that could not be read keeps its bookmark, which says so to the next run.
    for (const { name } of again) if (streams.get(name)?.resync !== undefined) streams.delete(name);
  }

  async function* followAll(followed: readonly LogStream[], from: LogPlace): AsyncGenerator<LogItem> {
    await using feed = await openFeed(parts.options, { from, stays });
    const read = yield* follow({ feed, start: from, end, streams: followed, server, signal, stay: parts.follow });
    if (signal.aborted) return;
    yield* drainAll(followed);
    for (const stream of followed) {
      stream.report();
      // Where the run goes on, it does from here.
      streams.set(stream.name, stream.at(read));
    }
    yield stateOf([...streams.values()], server, read);
  }

  function* onRead(stream: LogStream): Generator<LogItem> {
    streams.set(stream.name, stream);
    yield checkpoints({ [stream.name]: stream.bookmark(server, stream.place) });
  }
}

function againOf({ name, context, table, version, resync }: LogStream): WholeStream {
  return { name, context, table, version, why: resync };
}
