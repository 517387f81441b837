/** Looks, for `--test` and `tapline doctor`, whether a run could read the log, and changes nothing. */
import type { Session } from "@tapline/postgres";
import type { Stream } from "@tapline/sdk";
import { streamName, tableName } from "@tapline/sql-tap";
import { errors } from "../errors.ts";
import { ownConditions } from "../read/table-rows.ts";
import { notesOn, readServerSettings } from "./failover-notes.ts";
import { obstacleOf } from "./followable.ts";
import { type LogParts, openLogSession } from "./parts.ts";
import { checkOwner } from "./plan.ts";
import { givenPublication } from "./publication.ts";
import { checkServer } from "./server-facts.ts";
import { findSlot, ownSlots, retainedText, type Slot, slotName } from "./slot.ts";
import { readTableFacts } from "./table-facts.ts";

/** @throws log_of_replica, log_level_low, replication_refused, log_not_followable, publication_missing, publication_lacks, slot_foreign, slot_lost, slots_full */
export async function checkLog(streams: readonly Stream[], parts: LogParts): Promise<void> {
  const { config, log, stateId, options } = parts;
  await using session = await openLogSession(parts);
  const server = await readServerSettings(session);
  // Before what is wrong with it: a standby can't be read, and is looked at for the day when it takes over.
  if (server.isReplica) for (const { level, message } of notesOn(server, [])) log(level, message);
  await checkServer(session);
  const tables = parts.tables.filter((table) => streams.some(({ name }) => name === streamName(table)));
  const facts = await readTableFacts(
    session,
    tables.map(({ oid }) => oid),
  );
  for (const table of tables) {
    const names = table.columns.map(({ name }) => name);
    const hasConditions = ownConditions(table, config).length > 0;
    const obstacle = obstacleOf({ table, facts: facts.get(table.oid), keys: table.keys, names, hasConditions, target: undefined });
    if (obstacle !== undefined) throw errors.log_not_followable({ table: tableName(table), ...obstacle });
  }
  if (config.publication !== undefined) await givenPublication(session, config.publication, tables);
  const name = config.replication_slot_name ?? (stateId === undefined ? undefined : slotName(stateId, options.database));
  const slot = name === undefined ? undefined : await findSlot(session, name);
  if (slot !== undefined) checkOwner(slot, options.database);
  if (slot?.isLost === true) throw errors.slot_lost({ slot: slot.name });
  // Without a state id it is not known which of them a run would read.
  const slots = name === undefined ? await ownSlots(session) : slot === undefined ? [] : [slot];
  for (const one of slots) log(one.isLost ? "warning" : "info", one.isLost ? lostText(one) : retainedText(one));
  for (const { level, message } of notesOn(server, slots)) log(level, message);
  if (slots.length === 0) await expectFreeSlots(session, name ?? "of the first run");
  log("info", `the changes of ${tables.length} tables can be read`);
}

/** A first run takes one slot that stays and one for its snapshot. */
async function expectFreeSlots({ execute }: Session, slot: string): Promise<void> {
  const [[free]] = (
    await execute("SELECT current_setting('max_replication_slots')::int - (SELECT count(*) FROM pg_catalog.pg_replication_slots)")
  ).rows as [[string]];
  if (Number(free) < 2) throw errors.slots_full({ slot });
}

function lostText({ name }: Slot): string {
  return `the replication slot ${JSON.stringify(name)} lost log that it needs: drop it, or run its job with --full-refresh`;
}
