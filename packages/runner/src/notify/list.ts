/** What people were told, and a test of whether they can be. */
import { didYouMean, TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { compactTime, makeRunId } from "../model/run-id.ts";
import { openStoreIfThere } from "../state/open-store.ts";
import type { Delivery, NoticeRecord } from "./deliver.ts";
import type { Notice } from "./notice.ts";
import { linkOf } from "./notices-of-run.ts";
import { oneAttempt, recordsInFolder, sendPlanned } from "./send-planned.ts";

export interface NoticePage {
  limit: number;
  /** ISO 8601: only those whose last attempt was earlier. */
  before?: string | undefined;
}

/** The newest first, also those that were recorded while the store could not be reached. @throws what the store throws, when nothing else is known */
export async function listNotices(project: Project, environment: string, { limit, before }: NoticePage): Promise<NoticeRecord[]> {
  const here = await recordsInFolder(project, environment);
  const there = await storedRecords(project, environment).catch((error: unknown) => {
    if (here.length > 0 && error instanceof TaplineError) return [];
    throw error;
  });
  const isBelow = ({ lastAttemptAt }: NoticeRecord): boolean => before === undefined || lastAttemptAt < before;
  return [...here, ...there]
    .filter(isBelow)
    .sort((a, b) => (a.lastAttemptAt < b.lastAttemptAt ? 1 : -1))
    .slice(0, limit);
}

/** All that are kept: one that was tried again is in another place than its key. */
async function storedRecords(project: Project, environment: string): Promise<NoticeRecord[]> {
  await using store = await openStoreIfThere(project, environment);
  const facts = (await store?.facts.list<NoticeRecord>("notice", { order: "descending" })) ?? [];
  return facts.map(({ value }) => value);
}

/** Sends a test notice to a channel, or to all. @throws notify_missing, channel_unknown */
export function testChannels(project: Project, environment: string, name?: string): Promise<Delivery[]> {
  const settings = project.parsed.file.notify;
  if (settings === undefined) throw errors.notify_missing({}, { file: project.path });
  const known = Object.keys(settings.channels);
  if (name !== undefined && !known.includes(name))
    throw errors.channel_unknown({ name, known, meant: didYouMean(name, known) }, { file: project.path });
  const now = new Date();
  const runId = makeRunId(now);
  const notice: Notice = {
    ...{ id: `${compactTime(now)}/test/${runId}`, event: "test", job: "test", environment, runId, at: now.toISOString() },
    title: `Test of a channel (${environment})`,
    problems: [],
    warnings: [],
    loaded: [],
    command: "tapline notify list",
    link: linkOf(settings, { runId, job: "test", environment }),
  };
  return sendPlanned(
    project,
    environment,
    (name === undefined ? known : [name]).map((channel) => ({ channel, notice })),
    oneAttempt,
  );
}
