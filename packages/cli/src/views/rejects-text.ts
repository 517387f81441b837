/** Shows rejected rows, and what became of them, as text. Pure. */
import { type DiscardedRejects, describePosition, formatNumber, type KeptReject, type ReplayedRejects } from "@tapline/protocol";
import { shorten } from "@tapline/runner";
import { leftAligned } from "../table.ts";
import { clean } from "../terminal.ts";

/** One line for each row; lines are cut at `columns`. */
export function describeRejects(rejects: readonly KeptReject[], columns = Number.POSITIVE_INFINITY): string[] {
  if (rejects.length === 0) return ["No rejected rows are kept."];
  const rows = rejects.map(({ id, rejected_at, stream, position, reason }) => [
    id,
    timeOf(rejected_at),
    stream,
    describePosition(position),
    reason,
  ]);
  return leftAligned([["id", "rejected (UTC)", "stream", "position", "reason"], ...rows].map((row) => row.map(clean))).map((line) =>
    shorten(line, columns),
  );
}

/** Everything about each row. */
export function describeRejectsWhole(rejects: readonly KeptReject[]): string[] {
  return rejects.flatMap((reject, index) => {
    const { id, rejected_at, run_id, kept_in, stream, position, code, reason, record = "" } = reject;
    const facts: [string, string][] = [
      ["id", id],
      ["stream", stream],
      ["rejected", `${timeOf(rejected_at)}${run_id === null ? "" : ` by run ${run_id}`}`],
      ["kept in", kept_in],
      ["position", describePosition(position)],
      ["reason", `${reason} (${code})`],
      ["record", record],
    ];
    return [...(index === 0 ? [] : [""]), ...facts.map(([name, text]) => clean(`${name.padEnd(10)}${text}`))];
  });
}

/** One sentence for each stream. */
export function describeReplay(replayed: readonly ReplayedRejects[]): string[] {
  if (replayed.length === 0) return ["No rejected rows are kept that could be replayed."];
  return replayed.map(({ stream, inserted, updated, deletes = 0, newer, refused, without_schema: withoutSchema }) => {
    const parts = [
      `${rowsOf(inserted + updated)} loaded (${formatNumber(inserted)} inserted, ${formatNumber(updated)} updated)`,
      ...(deletes > 0 ? [`${formatNumber(deletes)} deleted the row of ${deletes === 1 ? "its" : "their"} key`] : []),
      ...(newer > 0 ? [`${rowsOf(newer)} not loaded, because a newer row with the same key is there`] : []),
      ...(refused > 0 ? [`${rowsOf(refused)} refused again and still kept, with the new reason`] : []),
      ...(withoutSchema > 0
        ? [`${rowsOf(withoutSchema)} still kept, because an earlier version did not keep the SCHEMA with them: load the stream again`]
        : []),
    ];
    return clean(`${stream}: ${parts.join("; ")}`);
  });
}

export function describeDiscarded(discarded: readonly DiscardedRejects[]): string[] {
  if (discarded.length === 0) return ["No rejected rows are kept that could be discarded."];
  return discarded.map(({ stream, discarded: rows }) => clean(`${stream}: ${rowsOf(rows)} discarded`));
}

const rowsOf = (count: number): string => (count === 1 ? "1 row" : `${formatNumber(count)} rows`);

const timeOf = (time: string | null): string => time?.slice(0, 19).replace("T", " ") ?? "unknown";
