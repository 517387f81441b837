/** Sends planned notices, all channels at the same time, and says what became of each. */
import { existsSync } from "node:fs";
import { TaplineError } from "@tapline/protocol";
import type { NoticeNote } from "../history/history.ts";
import type { Project } from "../model/project.ts";
import type { Facts } from "../state/facts.ts";
import { isKeptInProject, openStore } from "../state/open-store.ts";
import { openSqliteBackend, sqlitePath } from "../state/sqlite-store.ts";
import { type Delivery, deliver, type NoticeRecord, noticeKey } from "./deliver.ts";
import type { Planned } from "./notices-of-run.ts";

/** How to wait between attempts. */
export interface Patience {
  waitsMs?: readonly number[];
  wait(ms: number): Promise<void>;
  isStopped?(): boolean;
}

/** One attempt: whoever looks again each minute needs no more. */
export const oneAttempt: Patience = { waitsMs: [], wait: async () => {} };

export interface PlannedAgain extends Planned {
  /** How often it was refused. */
  attempts?: number;
}

export async function sendPlanned(
  project: Project,
  environment: string,
  planned: readonly PlannedAgain[],
  patience: Patience,
): Promise<Delivery[]> {
  if (planned.length === 0) return [];
  // HTTP takes longer to load than the rest of a small run.
  const { openChannel } = await import("./channels.ts");
  const earlier = new Set((await recordsInFolder(project, environment)).map(({ notice, channel }) => noticeKey(notice, channel)));
  return withFacts(project, environment, (facts) =>
    Promise.all(
      planned.map(async ({ channel, notice, attempts = 0 }): Promise<Delivery> => {
        if (earlier.has(noticeKey(notice, channel)))
          return { channel, noticeId: notice.id, event: notice.event, outcome: "known", reason: null };
        try {
          return await deliver(notice, openChannel(project, environment, channel), { facts, ...patience, attemptsBefore: attempts });
        } catch (error) {
          if (!(error instanceof TaplineError)) throw error;
          return { channel, noticeId: notice.id, event: notice.event, outcome: "refused", reason: `it was not sent: ${error.message}` };
        }
      }),
    ),
  );
}

/**
 * Where notices are recorded: in the store of states. When that can't be reached, which is worth telling, in the project's folder.
 * @throws what the store throws, when neither can be written
 */
export async function withFacts<T>(project: Project, environment: string, work: (facts: Facts) => Promise<T>): Promise<T> {
  await using store = await openStore(project, environment).catch((error: unknown) => {
    if (error instanceof TaplineError && error.code === "store_unreachable") return openSqliteBackend(project.folder);
    throw error;
  });
  return await work(store.facts);
}

/** What was recorded in the project's folder because the store could not be reached, the newest first. */
export async function recordsInFolder(project: Project, environment: string, limit = 1000): Promise<NoticeRecord[]> {
  if (isKeptInProject(project, environment) || !existsSync(sqlitePath(project.folder))) return [];
  await using backend = openSqliteBackend(project.folder);
  const facts = await backend.facts.list<NoticeRecord>("notice", { order: "descending", limit });
  return facts.map(({ value }) => value);
}

export function noteOf({ channel, event, outcome, reason }: Delivery): NoticeNote {
  return { channel, event, outcome, reason };
}

/** A line for a notice that did not arrive, or may not have; undefined: there is nothing to say. */
export function describeDelivery({
  channel,
  event,
  outcome,
  reason,
}: Omit<NoticeNote, "outcome"> & { outcome: Delivery["outcome"] }): string | undefined {
  if (outcome === "refused") return `${channel} was not told of the ${event}: ${reason ?? "no reason is known"}`;
  if (outcome === "unsure")
    return `It is not known whether ${channel} was told of the ${event}, so it is not told again: ${reason ?? "no reason is known"}`;
  return reason === null ? undefined : `${channel} was told of the ${event}, but ${reason}`;
}
