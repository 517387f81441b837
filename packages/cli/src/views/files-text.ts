/** Shows files that taps put away, as text. Pure. */

import { formatNumber } from "@tapline/protocol";
import { layOut, wrap } from "@tapline/protocol/text";
import { describeBytes, type ListedFile, type PutAway } from "@tapline/runner";
import { clean } from "../terminal.ts";

/** One line for each file. If a line is longer than `columns`, the reasons are below their files instead, and nothing is cut. */
export function describeFiles(files: readonly ListedFile[], columns?: number): string[] {
  if (files.length === 0) return ["There are no files."];
  const rows = files.map(({ tap, path, state, streams, size, why, at, archivedAs }) => [
    ...[tap, state, timeOf(at), streams.join(", ") || "-", describeBytes(size), path],
    why ?? (archivedAs === null ? (state === "waiting" ? "the next run loads it" : "") : `now ${archivedAs}`),
  ]);
  const table = [["tap", "state", "since (UTC)", "streams", "size", "file", ""], ...rows].map((row) => row.map(clean));
  const lines = layOut(table);
  if (columns === undefined || lines.every((line) => line.length <= columns)) return lines;
  const starts = layOut(table.map((row) => row.slice(0, -1)));
  return starts.flatMap((start, index) =>
    [start, `  ${table[index]?.at(-1)}`].filter((line) => line.trim() !== "").flatMap((line) => wrap(line, columns)),
  );
}

/** All that is known of a file that was put away. */
export function describeFile(file: PutAway): string[] {
  const { id, path, streams, outcome, archivedAs, size, mtime, sha256, attempt, rowsRead, rowsLoaded, rowsRejected } = file;
  const facts: [string, string | undefined][] = [
    ["file", path],
    ["now", archivedAs ?? "gone"],
    ["outcome", outcome],
    ["error", file.error],
    ["copy of", file.duplicateOf],
    ["streams", streams.join(", ")],
    [
      "rows",
      `${formatNumber(rowsRead)} read, ${rowsLoaded === null ? "loaded not told" : `${formatNumber(rowsLoaded)} loaded`}, ${formatNumber(rowsRejected)} rejected`,
    ],
    ["size", describeBytes(size)],
    ["written", timeOf(mtime)],
    ["SHA-256", sha256],
    ["claimed", `${timeOf(file.claimedAt)}, attempt ${attempt}`],
    ["put away", timeOf(file.putAwayAt)],
    ["run", file.runId],
    ["id", id],
  ];
  return facts.flatMap(([name, text]) => (text === undefined ? [] : [clean(`${name.padEnd(10)}${text}`)]));
}

const timeOf = (time: string | null): string => time?.slice(0, 19).replace("T", " ") ?? "";
