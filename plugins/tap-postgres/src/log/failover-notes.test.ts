import { expect, test } from "vitest";
import { notesOn, type ServerSettings } from "./failover-notes.ts";
import type { Slot } from "./slot.ts";

const settings = {
  max_slot_wal_keep_size: "-1",
  synchronized_standby_slots: "",
  sync_replication_slots: "off",
  hot_standby_feedback: "off",
};
const primary: ServerSettings = { version: 180_000, isReplica: false, settings, standbys: 1, copiesSlots: false };
const slot: Slot = {
  ...{
    name: "s",
    plugin: "pgoutput",
    database: "d",
    activePid: undefined,
    isLost: false,
    confirmed: 0n,
    retainedBytes: 0,
    hasFailover: false,
  },
};
const texts = (server: Partial<ServerSettings>, slots: readonly Slot[] = [slot]): string[] =>
  notesOn({ ...primary, ...server }, slots).map(({ level, message }) => `${level}: ${message}`);

test("a primary with a standby: each setting that a failover needs is named with its fix, and none that is right", () => {
  expect(texts({})).toEqual([
    expect.stringMatching(/^info: .*max_slot_wal_keep_size = '50GB'/),
    expect.stringContaining('ALTER_REPLICATION_SLOT "s" (FAILOVER)'),
    expect.stringContaining("sync_replication_slots = on, hot_standby_feedback = on, and dbname=…"),
    expect.stringContaining("synchronized_standby_slots = 'the physical slot"),
  ]);
  const right = { ...settings, max_slot_wal_keep_size: "1000", synchronized_standby_slots: "standby" };
  expect(texts({ settings: right, copiesSlots: true }, [{ ...slot, hasFailover: true }])).toEqual([expect.stringContaining("1000 MiB")]);
});

test("a primary alone needs none of them, and before PostgreSQL 17 there is no copy of a slot", () => {
  expect(texts({ standbys: 0 })).toHaveLength(1);
  expect(texts({ version: 160_000 })[1]).toContain("before PostgreSQL 17");
});

test("a standby: sync_replication_slots, hot_standby_feedback, its slot, and dbname in primary_conninfo", () => {
  const standby = { isReplica: true, settings: { ...settings, primary_conninfo: "host=a user=b", primary_slot_name: "" } };
  expect(texts(standby)).toEqual([
    expect.stringContaining("sync_replication_slots = on"),
    expect.stringContaining("hot_standby_feedback = on"),
    expect.stringContaining("primary_slot_name"),
    expect.stringContaining("dbname=postgres"),
  ]);
  const right = { sync_replication_slots: "on", hot_standby_feedback: "on", primary_conninfo: "host=a dbname=b", primary_slot_name: "s" };
  expect(texts({ isReplica: true, settings: right })).toEqual([]);
  // What the role may not see is not said to be wrong.
  expect(texts({ isReplica: true, settings: {} })).toEqual([]);
});
