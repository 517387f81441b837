/** Shows notices as text, and as JSON with keys in snake_case. */
import { layOut } from "@tapline/protocol/text";
import { type Delivery, describeDelivery, type NoticeRecord, snakeKeys } from "@tapline/runner";
import { clean } from "../terminal.ts";

/** Long texts are cut where a line would be longer than `columns`. */
export function describeNotices(records: readonly NoticeRecord[], columns?: number): string[] {
  if (records.length === 0) return ["Nobody was told anything yet."];
  const rows = records.map(({ channel, status, reason, lastAttemptAt, notice }) =>
    [lastAttemptAt.slice(0, 19).replace("T", " "), status, channel, notice.event, notice.title, reason ?? ""].map(clean),
  );
  return layOut([["tried (UTC)", "status", "channel", "event", "about", "reason"], ...rows], { width: columns, whole: [0, 1, 2, 3] });
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
