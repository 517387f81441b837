/**
 * Sends a notice at most once: it is recorded as `unsure` before each attempt, and only a definite answer changes that. So whoever is
 * killed in between leaves a notice that nobody sends again, and that people can see.
 */
import { randomUUID } from "node:crypto";
import type { FactRule, Facts } from "../state/facts.ts";
import type { Channel } from "./channels.ts";
import type { Notice, Outcome } from "./notice.ts";

export interface NoticeRecord {
  channel: string;
  status: Outcome["kind"];
  /** Why it was refused, or why it is not known whether it arrived. */
  reason: string | null;
  attempts: number;
  /** Who made the last attempt: an answer of the store may be lost. */
  token: string;
  lastAttemptAt: string;
  notice: Notice;
}

export interface Delivery {
  channel: string;
  noticeId: string;
  event: Notice["event"];
  /** known: it was sent before, or another process sends it. */
  outcome: Outcome["kind"] | "known";
  reason: string | null;
}

export interface DeliverOptions {
  facts: Facts;
  /** Waits between attempts; one more attempt than there are waits. */
  waitsMs?: readonly number[];
  wait(ms: number): Promise<void>;
  /** Whether to give up between attempts. */
  isStopped?: () => boolean;
  /** How often it was refused before. */
  attemptsBefore?: number;
}

/** A server that asks for more patience than this is not waited for: the run is over, and its process should end. */
const longestWaitMs = 30_000;

const usualWaitsMs: readonly number[] = [1000, 5000];

export const noticeKey = (notice: Notice, channel: string): string => `${notice.id}/${channel}`;

/** @throws what the store throws before anything was sent */
export async function deliver(notice: Notice, channel: Channel, options: DeliverOptions): Promise<Delivery> {
  const { facts, waitsMs = usualWaitsMs, wait, isStopped = () => false, attemptsBefore = 0 } = options;
  const key = noticeKey(notice, channel.name);
  const end = (outcome: Delivery["outcome"], reason: string | null): Delivery => ({
    ...{ channel: channel.name, noticeId: notice.id, event: notice.event, outcome, reason },
  });
  for (let attempt = 0; ; attempt++) {
    const token = randomUUID();
    const isTaken = await facts.decide(
      "notice",
      [key],
      take(key, { notice, channel: channel.name, token, attempts: attemptsBefore + attempt }),
    );
    if (!isTaken) return end("known", null);
    const outcome = await channel.send(notice);
    const reason = outcome.reason ?? null;
    await facts.decide<NoticeRecord, null>("notice", [key], ([record]) =>
      record?.token === token ? { answer: null, write: { [key]: { ...record, status: outcome.kind, reason } } } : { answer: null },
    );
    const pause = waitsMs[attempt];
    if (outcome.kind !== "refused" || pause === undefined || isStopped()) return end(outcome.kind, reason);
    const waitMs = Math.max(outcome.retryAfterMs ?? 0, pause);
    if (waitMs > longestWaitMs) return end("refused", reason);
    await wait(waitMs);
  }
}

interface Attempt {
  notice: Notice;
  channel: string;
  token: string;
  /** How many attempts there were before this one. */
  attempts: number;
}

/** Takes the notice for one attempt: if it is new, or if it was refused and nobody has tried since. */
function take(key: string, { notice, channel, token, attempts }: Attempt): FactRule<NoticeRecord, boolean> {
  return ([record], now) => {
    if (record?.token === token) return { answer: true };
    if ((record?.attempts ?? 0) !== attempts || (record !== undefined && record.status !== "refused")) return { answer: false };
    const reason = "no answer was recorded: the process that sent it ended, or still waits";
    const value: NoticeRecord = {
      channel,
      status: "unsure",
      reason,
      attempts: attempts + 1,
      token,
      lastAttemptAt: now.toISOString(),
      notice,
    };
    return { answer: true, write: { [key]: value } };
  };
}
