/** How far a migration is and what it found, for people. Pure. */
import { layOut } from "@tapline/protocol/text";
import { type Compared, describeBytes, describeCount, describeSeconds, type Migration, type Sync } from "@tapline/runner";

export function describeReport(migration: Migration, columns: number | undefined): string[] {
  const { id, source, target, environment, exported, imported, verified, streams } = migration;
  const rows = [
    ["phase", "rows", "size", "took", "rows/s", "result"],
    ...(exported === null ? [] : [["export", ...figures(exported), resultOf(exported.compared)]]),
    ...(imported === null ? [] : [["import", ...figures(imported), "done"]]),
    ...(verified === null ? [] : [["verify", ...figures(verified), resultOf(verified.compared)]]),
  ];
  const found = verified?.compared ?? exported?.compared;
  return [
    "",
    `migration ${id}: ${source} to ${target} (${environment}), ${counted(streams.length, "table")}`,
    ...layOut(rows, { width: columns, align: ["left", "right", "right", "right", "right", "left"] }),
    ...(found === undefined ? [] : differencesOf(found, columns)),
    ...(exported === null ? [] : [`files     ${exported.place}`]),
    `phase     ${phaseText(migration)}`,
    ...nextOf(migration),
  ];
}

function figures({ rows, bytes, seconds }: { rows: number; bytes: number | null; seconds: number }): string[] {
  return [
    describeCount(rows),
    bytes === null ? "" : describeBytes(bytes),
    describeSeconds(seconds),
    describeCount(Math.round(rows / Math.max(seconds, 0.001))),
  ];
}

export const resultOf = ({ equal, summary }: Compared): string =>
  equal === true ? "equal" : equal === false ? "DIFFERENT" : `not compared: ${summary}`;

export function differencesOf({ streams }: Compared, columns?: number): string[] {
  const wrong = streams.filter(({ onlyLeft, onlyRight, differing }) => onlyLeft + onlyRight + differing > 0);
  if (wrong.length === 0) return [];
  const rows = wrong.map(({ stream, left, right, onlyLeft, onlyRight, differing, columns: by }) => [
    stream,
    ...[left, right, onlyLeft, onlyRight, differing].map(describeCount),
    Object.entries(by)
      .map(([name, count]) => `${name} ${describeCount(count)}`)
      .join(", "),
  ]);
  const head = ["stream", "old side", "new side", "only old", "only new", "differing", "by column"];
  return ["", ...layOut([head, ...rows], { width: columns, align: ["left", "right", "right", "right", "right", "right", "left"] }), ""];
}

export function phaseText({ phase, note, endedAt }: Migration): string {
  switch (phase) {
    case "hybrid":
      return "hybrid: the old side is the truth, and syncs keep the new one level";
    case "back":
      return `back since ${endedAt}${note === null ? "" : `: ${note}`}`;
    default:
      return `${phase}: not done yet`;
  }
}

/** What a person may type next. */
export function nextOf({ phase, source, target, tables }: Migration): string[] {
  const again = `tapline migrate ${source} ${target} ${tables.map((each) => `--tables '${each}'`).join(" ")}`;
  if (phase === "back") return [];
  if (phase !== "hybrid") return [`next      ${again}   (goes on)`];
  return [
    "next      tapline migrate sync     (loads what changed, and compares; do so each day)",
    "          tapline migrate status   (shows the syncs)",
    "          tapline migrate back     (ends it: the old side is the only one again)",
  ];
}

export function describeSync(
  { source, target }: Migration,
  { rows, status, compared, seconds }: Sync,
  columns: number | undefined,
): string[] {
  const found = compared === null ? (status === "loaded" ? "not compared" : "") : compared.summary;
  return [
    `${target} is ${status === "level" ? `level with ${source}` : status.toUpperCase()}: ${describeCount(rows)} rows loaded in ${describeSeconds(seconds)}${found === "" ? "" : `; ${found}`}`,
    ...(compared === null ? [] : differencesOf(compared, columns)),
  ];
}

export function describeSyncs(syncs: readonly Sync[], days: number, columns?: number): string[] {
  if (syncs.length === 0) return ["syncs     none yet"];
  const rows = syncs.map(({ startedAt, seconds, rows: count, status, error }) => [
    startedAt,
    describeSeconds(seconds),
    describeCount(count),
    status === "level" ? "level" : status.toUpperCase(),
    error ?? "",
  ]);
  return [
    "",
    `level     ${counted(days, "day")} in a row`,
    "",
    ...layOut([["sync", "took", "rows loaded", "the sides are", ""], ...rows], {
      width: columns,
      align: ["left", "right", "right", "left", "left"],
    }),
  ];
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
