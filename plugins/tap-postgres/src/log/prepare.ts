/** Makes or finds publication and slot, and decides what the run does with each stream. */
import type { Session } from "@tapline/postgres";
import type { TaplineError } from "@tapline/sdk";
import { tableName } from "@tapline/sql-tap";
import { errors } from "../errors.ts";
import type { Candidate } from "./candidates.ts";
import { openReplication } from "./feed.ts";
import { checkKept } from "./kept.ts";
import { type LogIdentity, namesIn } from "./log-stream.ts";
import type { LogParts } from "./parts.ts";
import { checkContinuity, checkOwner, chooseSlot, planStream, type StreamPlan } from "./plan.ts";
import { ensurePublication, findPublication, givenPublication, type Publication } from "./publication.ts";
import { identify } from "./server-facts.ts";
import { advanceSlot, createLastingSlot, dropSlot, findSlot, retainedText, type Slot, slotName, waitForSlot } from "./slot.ts";

export interface Prepared {
  identity: LogIdentity;
  publication: Publication;
  plans: ReadonlyMap<string, StreamPlan>;
  /** What the state says is loaded: the slot may forget it. */
  confirmed: bigint;
  /** To be reported once all is read. */
  keptTooLong: TaplineError | undefined;
}

/** @throws what stops a run of the log: see the catalogue */
export async function prepare(candidates: readonly Candidate[], session: Session, parts: LogParts, signal: AbortSignal): Promise<Prepared> {
  const { options, config, log, stateId } = parts;
  const { database } = options;
  const bookmarks = candidates.flatMap(({ bookmark }) => bookmark ?? []);
  const name = chooseSlot(bookmarks, config.replication_slot_name, stateId === undefined ? undefined : slotName(stateId, database));
  await using replication = await openReplication(options);
  const server = await identify(replication, bookmarks);
  let slot = await waitForSlot(session, name, { log, signal });
  if (bookmarks.length > 0) checkContinuity(bookmarks, server, { name, slot, database });
  else slot = await slotForFirstRun(slot);
  const publication = await publicationFor();
  if (slot === undefined) {
    await createLastingSlot(replication, session, name, log);
    log("info", `made the replication slot ${JSON.stringify(name)}`);
    slot = (await findSlot(session, name)) as Slot;
  } else log("info", retainedText(slot));
  const { confirmed: forgotten } = slot;
  const keptTooLong = checkKept(slot, parts, "when this run began");
  const plans = new Map<string, StreamPlan>();
  for (const { name: stream, bookmark, table, facts, context } of candidates) {
    const { oid } = table;
    const names = namesIn(context.columns, table, facts);
    const plan = planStream({ bookmark, table: oid, member: publication.members.get(oid), columns: facts.columns, names }, forgotten);
    plans.set(stream, plan);
  }
  const followed = [...plans.values()].flatMap((plan) => (plan.kind === "follow" ? [plan.bookmark.lsn] : []));
  const confirmed = followed.reduce((least, lsn) => (lsn < least ? lsn : least), followed[0] ?? 0n);
  // Here and not by the stream: the server then also moves the place that it would decode again from.
  if (confirmed > forgotten) await advanceSlot(replication, name, confirmed);
  return { identity: { slot: name, system: server.system, timeline: server.timeline }, publication, plans, confirmed, keptTooLong };

  /**
   * A slot that is there is taken: a run of some streams has no bookmark, and others may go on from it. One of the tap's own that lost log,
   * or that is older than its publication, can't be read: it is made again.
   */
  async function slotForFirstRun(found: Slot | undefined): Promise<Slot | undefined> {
    if (found === undefined) return undefined;
    checkOwner(found, database);
    const isOwn = config.replication_slot_name === undefined;
    if (found.isLost && !isOwn) throw errors.slot_lost({ slot: name });
    const isUsable = !found.isLost && (config.publication !== undefined || (await findPublication(session, name)) !== undefined);
    if (isUsable || !isOwn) return found;
    await dropSlot(session, name);
    return undefined;
  }

  async function publicationFor(): Promise<Publication> {
    const tables = candidates.map(({ table }) => table);
    if (config.publication !== undefined) return givenPublication(session, config.publication, tables);
    // One that is made now would not send what is in the log already.
    if (bookmarks.length > 0 && (await findPublication(session, name)) === undefined)
      throw errors.publication_missing({ publication: name, tables: tables.map(tableName).join(", ") });
    return ensurePublication(session, name, tables, log);
  }
}
