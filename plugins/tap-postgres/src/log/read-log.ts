/**
 * Reads all streams of a run whose replication method is LOG_BASED: tables that have no valid bookmark whole, then the changes of all up
 * to where the log stood when the run began, or until the run shall end, where it stays. What is stored is confirmed to the server: at the start what
 * the state says, later what the runner says.
 */
import { checkpoints, type ReadContext, rowVersion, type StreamGroup } from "@tapline/sdk";
import { logGroupOf, streamName } from "@tapline/sql-tap";
import { candidatesOf } from "./candidates.ts";
import { checkLog } from "./check-log.ts";
import { openFeed } from "./feed.ts";
import { drainAll, type LogItem, follow as readChanges, stateOf } from "./follow.ts";
import { keptWatch } from "./kept.ts";
import { type LogIdentity, LogStream } from "./log-stream.ts";
import { laterLsn } from "./lsn.ts";
import { type LogParts, openLogSession } from "./parts.ts";
import { prepare } from "./prepare.ts";
import { readWhole, type WholeStream } from "./read-whole.ts";
import { checkServer, logEnd } from "./server-facts.ts";
import { settle } from "./settle.ts";
import { waitForSlot } from "./slot.ts";
import { watchLog } from "./watch.ts";

/** The streams of these tables, as far as a catalog makes them LOG_BASED. */
export function logGroup(parts: LogParts): StreamGroup {
  return logGroupOf({
    streams: parts.tables.map(streamName),
    check: (streams) => checkLog(streams, parts),
    read: (contexts) => readStreams(contexts, parts),
  });
}

async function* readStreams(contexts: ReadonlyMap<string, ReadContext>, parts: LogParts): AsyncGenerator<LogItem> {
  const { options, types, log, follow, durable } = parts;
  await using session = await openLogSession(parts);
  await checkServer(session);
  const signal = [...contexts.values()][0]?.signal ?? new AbortController().signal;
  const candidates = yield* candidatesOf(contexts, session, parts);
  if (candidates.length === 0) return;
  const end = await logEnd(session);
  const { identity, publication, plans, confirmed, keptTooLong } = await prepare(candidates, session, parts, signal);
  const streams = new Map<number, LogStream>();
  const whole: WholeStream[] = [];
  for (const { name, context, table, facts, bookmark } of candidates) {
    const plan = plans.get(name);
    const member = publication.members.get(table.oid) as string;
    if (plan?.kind !== "follow") whole.push({ name, context, table, member, version: bookmark?.version, why: plan?.why });
    else {
      const { lsn, version } = plan.bookmark;
      streams.set(table.oid, new LogStream({ name, context, member, table, facts, lsn, version }));
      yield [name, rowVersion(version)];
    }
  }
  const wholeOptions = { ...parts, slot: identity.slot, signal, onRead };
  const kept = keptWatch(parts, identity.slot);
  if (whole.length > 0) yield* readWhole(whole, wholeOptions);
  if (follow !== undefined) await parts.release();
  const isOver = (): boolean => signal.aborted || follow?.ends.aborted === true;
  const before = new Map([...plans].flatMap(([name, plan]) => (plan.kind === "follow" ? [[name, plan.bookmark.columns] as const] : [])));
  let start = [...streams.values()].reduce((least, { lsn }) => (lsn < least ? lsn : least), end);
  while (!signal.aborted) {
    if (follow !== undefined || start < end) start = yield* followFrom(start);
    const again = [...streams.values()].filter(({ resync }) => resync !== undefined);
    if (again.length === 0 || signal.aborted) break;
    // One that can't be read has failed, and its state says so.
    for (const { table } of again) streams.delete(table.oid);
    yield* readWhole(again.map(againOf), wholeOptions);
    if (follow === undefined || isOver() || streams.size === 0) break;
  }
  const tooLong = keptTooLong ?? kept.tooLong();
  if (tooLong !== undefined && !signal.aborted) throw tooLong;

  async function* followFrom(from: bigint): AsyncGenerator<LogItem, bigint> {
    const { slot } = identity;
    await waitForSlot(session, slot, { log, signal });
    await using feed = await openFeed(options, { slot, publication: publication.name, start: from, confirmed });
    if (follow !== undefined) log("info", "follows the log of changes");
    const settleOptions = { session, types, log, before };
    const read = yield* readChanges({
      feed,
      streams,
      identity,
      end: follow === undefined ? end : undefined,
      ends: AbortSignal.any([follow?.ends ?? signal, kept.ends]),
      beat: watchLog({ session, feed, slot, streams, durable, follow, onKept: kept.look }),
      session,
      signal,
      settle: (stream, relation) => settle(stream, relation, settleOptions),
    });
    if (signal.aborted) return read;
    const all = [...streams.values()];
    yield* drainAll(all, session);
    for (const stream of all) stream.report();
    const reached = follow === undefined ? laterLsn(read, end) : read;
    yield stateOf({ streams, identity }, reached);
    return reached;
  }

  function* onRead(stream: LogStream): Generator<LogItem> {
    streams.set(stream.table.oid, stream);
    yield stateOfOne(stream, identity);
  }
}

function againOf({ name, context, table, member, version, resync }: LogStream): WholeStream {
  return { name, context, table, member, version, why: resync };
}

function stateOfOne(stream: LogStream, identity: LogIdentity): LogItem {
  return checkpoints({ [stream.name]: stream.bookmark(identity, 0n) });
}
