/** Shows rejected rows, and what became of them, as text. Pure. */
import { type DiscardedRejects, describePosition, formatNumber, type KeptReject, type ReplayedRejects } from "@tapline/protocol";
import { layOut, wrap } from "@tapline/protocol/text";
import { clean } from "../terminal.ts";

/** A kept row with the plugin that keeps it. */
export type ListedReject = KeptReject & { plugin?: string };

/** One line for each row, then the command that shows the first. If a line is longer than `columns`, the reasons are below their rows instead, and nothing is cut. */
export function describeRejects(rejects: readonly ListedReject[], columns?: number): string[] {
  const [first] = rejects;
  if (first === undefined) return ["No rejected rows are kept."];
  const rows = rejects.map(({ plugin = "", id, rejected_at, stream, position, reason }) => [
    plugin,
    id,
    timeOf(rejected_at),
    stream,
    describePosition(position),
    reason,
  ]);
  const table = [["plugin", "id", "rejected (UTC)", "stream", "position", "reason"], ...rows].map((row) => row.map(clean));
  const lines = layOut(table);
  const next = ["", ...wrap(clean(`To see the whole row: tapline rejects show ${first.plugin} ${first.id}`), columns)];
  if (columns === undefined || lines.every((line) => line.length <= columns)) return [...lines, ...next];
  const starts = layOut(table.map((row) => row.slice(0, -1)));
  return [...starts.flatMap((start, index) => [start, `  ${table[index]?.at(-1)}`].flatMap((line) => wrap(line, columns))), ...next];
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

/** One sentence for each stream, and below it why rows were rejected again. */
export function describeReplay(replayed: readonly ReplayedRejects[], columns?: number): string[] {
  if (replayed.length === 0) return ["No rejected rows are kept that could be replayed."];
  return replayed.flatMap((each) => {
    const { stream, inserted, updated, deletes = 0, newer, refused, without_schema: withoutSchema } = each;
    const parts = [
      `${rowsOf(inserted + updated)} loaded (${formatNumber(inserted)} inserted, ${formatNumber(updated)} updated)`,
      ...(deletes > 0 ? [`${formatNumber(deletes)} deleted the row of ${deletes === 1 ? "its" : "their"} key`] : []),
      ...(newer > 0 ? [`${rowsOf(newer)} not loaded, because a newer row with the same key is there`] : []),
      ...(refused > 0 ? [`${rowsOf(refused)} rejected again and kept`] : []),
      ...(withoutSchema > 0
        ? [`${rowsOf(withoutSchema)} still kept, because an earlier version did not keep the SCHEMA with them: load the stream again`]
        : []),
    ];
    return [`${stream}: ${parts.join("; ")}`, ...refusalsOf(each)].flatMap((line) => wrap(clean(line), columns));
  });
}

function refusalsOf({ refused, first_refused: first = [] }: ReplayedRejects): string[] {
  const others = refused - first.length;
  return [
    ...first.map(({ id, reason }) => `  ${id}: ${reason}`),
    ...(first.length > 0 && others > 0 ? [`  and ${formatNumber(others)} more, see: tapline rejects list`] : []),
  ];
}

export function describeDiscarded(discarded: readonly DiscardedRejects[]): string[] {
  if (discarded.length === 0) return ["No rejected rows are kept that could be discarded."];
  return discarded.map(({ stream, discarded: rows }) => clean(`${stream}: ${rowsOf(rows)} discarded`));
}

const rowsOf = (count: number): string => (count === 1 ? "1 row" : `${formatNumber(count)} rows`);

const timeOf = (time: string | null): string => time?.slice(0, 19).replace("T", " ") ?? "unknown";
