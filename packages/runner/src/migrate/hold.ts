/** The hold of a command on a migration, with a lease: another command waits its turn, and one that is dead stands in nobody's way. */
import { randomBytes } from "node:crypto";
import { errors } from "../errors.ts";
import { thisRunner } from "../state/host.ts";
import type { Store } from "../state/store.ts";
import { keepHolding } from "../ticks/keep-holding.ts";
import { decideMigration, type Migration, migrationKey } from "./migration.ts";
import { beginMigration, type HoldRequest, holdMigration, noteMigration, releaseMigration } from "./rules.ts";

export interface HeldMigration extends AsyncDisposable {
  /** As the store has it now. */
  readonly migration: Migration;
  /** @throws migrate_lost */
  note(changed: Partial<Migration>): Promise<Migration>;
}

const newHold = (store: Store): HoldRequest => ({ token: randomBytes(8).toString("hex"), runner: thisRunner(), leaseMs: store.leaseMs });

/** Begins it, or goes on with the same one. @throws migrate_held, migrate_differs */
export async function begin(store: Store, wanted: Migration, onLost: () => void): Promise<{ held: HeldMigration; isResumed: boolean }> {
  const hold = newHold(store);
  const { outcome, migration } = await decideMigration(store, migrationKey(wanted), (found, now) =>
    beginMigration(found, wanted, hold, now),
  );
  if (outcome === "held") throw heldError(migration);
  if (outcome === "differs") throw errors.migrate_differs({ id: migration.id, tables: migration.tables });
  return { held: keep(store, hold, migration, onLost), isResumed: outcome === "resumed" };
}

/** @throws migrate_held, migrate_unknown */
export async function hold(store: Store, key: string, onLost: () => void): Promise<HeldMigration> {
  const request = newHold(store);
  const migration = await decideMigration(store, key, (found, now) => holdMigration(found, request, now));
  if (migration !== undefined) return keep(store, request, migration, onLost);
  const found = await store.facts.get<Migration>("migration", key);
  throw found === undefined ? errors.migrate_unknown({ what: key }) : heldError(found);
}

const heldError = ({ id, holder }: Migration) =>
  errors.migrate_held({ id, pid: holder?.runner.pid ?? 0, hostname: holder?.runner.hostname ?? "another machine" });

function keep(store: Store, request: HoldRequest, first: Migration, onLost: () => void): HeldMigration {
  let migration = first;
  const key = migrationKey(first);
  const again = async (): Promise<boolean> =>
    (await decideMigration(store, key, (found, now) => holdMigration(found, request, now))) !== undefined;
  const stop = keepHolding({ hold: again, leaseMs: store.leaseMs, onLost });
  return {
    get migration() {
      return migration;
    },
    async note(changed) {
      const next = await decideMigration(store, key, (found) => noteMigration(found, request.token, changed));
      if (next === undefined) throw errors.migrate_lost({ id: migration.id });
      migration = next;
      return next;
    },
    async [Symbol.asyncDispose]() {
      stop();
      await decideMigration(store, key, (found) => releaseMigration(found, request.token));
    },
  };
}
