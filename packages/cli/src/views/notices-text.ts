/** Shows notices as text, and as JSON with keys in snake_case. */
import { layOut } from "@tapline/protocol/text";
import { type Delivery, describeDelivery, type NoticeRecord, snakeKeys } from "@tapline/runner";
import { clean } from "../terminal.ts";
import { withDetail } from "./states-text.ts";

/** What it is about stands below where a line would be longer than `columns`. */
export function describeNotices(records: readonly NoticeRecord[], columns?: number): string[] {
  if (records.length === 0) return ["Nobody was told anything yet."];
  const starts = layOut([
    ["tried (UTC)", "status", "channel", "event"],
    ...records.map(({ channel, status, lastAttemptAt, notice }) =>
      [lastAttemptAt.slice(0, 19).replace("T", " "), status, channel, notice.event].map(clean),
    ),
  ]);
  const about = records.map(({ reason, notice }) => clean(`${notice.title}${reason === null ? "" : ` (${reason})`}`));
  return [starts[0] as string, ...about.flatMap((text, index) => withDetail(starts[index + 1] as string, text, columns))];
}

export function noticeFields({ token: _, notice, ...record }: NoticeRecord): Record<string, unknown> {
  return { ...snakeKeys(record), notice: snakeKeys(notice) };
}

export function printDeliveries(sent: readonly Delivery[], json: boolean): void {
  const lines = json
    ? sent.map((each) => JSON.stringify(snakeKeys(each)))
    : sent.map((each) => clean(describeDelivery(each) ?? `${each.channel} was told of the ${each.event}`));
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
