/** Failures that come again by the same cause: people are told of the first, and then once in a while how often. Pure. */
import { isSuccess } from "@tapline/protocol";
import type { NoticeNote, RunRecord } from "../history/history.ts";
import { parseDuration } from "../model/duration.ts";
import type { NotifySettings } from "../model/notify-schema.ts";
import type { Planned } from "./notices-of-run.ts";

export interface Folded {
  planned: Planned[];
  /** What is not told because it was. */
  folded: NoticeNote[];
}

/** `before`: the runs of the job that say how it is, the newest first. A part of a back-fill is told by itself. */
export function foldRepeats(settings: NotifySettings, planned: readonly Planned[], run: RunRecord, before: readonly RunRecord[]): Folded {
  const cause = causeOf(run);
  const end = before.findIndex((each) => isSuccess(each.status) || causeOf(each) !== cause);
  const same = end < 0 ? before : before.slice(0, end);
  const first = same.at(-1);
  const repeatMs = repeatAfterMs(settings);
  const result: Folded = { planned: [], folded: [] };
  for (const each of planned) {
    const { channel, notice } = each;
    if (notice.event !== "failure" || first === undefined || run.trigger.kind === "backfill") {
      result.planned.push(each);
      continue;
    }
    const told = same.find(({ notices }) => notices?.some((note) => note.channel === channel && wasTold(note)));
    if (told !== undefined && Date.parse(notice.at) - Date.parse(told.endedAt ?? told.startedAt) < repeatMs) {
      result.folded.push({ channel, event: notice.event, outcome: "folded", reason: `the cause is that of ${told.runId}, which told it` });
      continue;
    }
    const title = `${notice.title}, ${same.length + 1} times since ${first.startedAt.slice(0, 16).replace("T", " ")} UTC`;
    result.planned.push({ channel, notice: { ...notice, title } });
  }
  return result;
}

export function repeatAfterMs({ repeat_after: text = "4h" }: NotifySettings): number {
  return parseDuration(text) ?? 0;
}

function wasTold({ event, outcome }: NoticeNote): boolean {
  return event === "failure" && outcome !== "folded" && outcome !== "refused";
}

/** Numbers in messages differ from run to run. Another file or column is another cause. */
function causeOf({ status, error }: RunRecord): string {
  const { file, column, stream } = error?.position ?? {};
  return JSON.stringify([status, error?.plugin, error?.code, stream, file, column]);
}
