/** The days of a back-fill by month, or its months by year, and how far it is, in a sentence. Pure. */
import type { Backfills } from "../../src/api/answers.ts";
import { counted, formatCount, formatNames } from "./format.ts";

export type Backfill = Backfills["backfills"][number];
export type BackfillPart = Backfill["parts"][number];

export interface GridRow {
  name: string;
  parts: BackfillPart[];
}

/** A range by month may begin and end with days: they are in the row of their year. */
export function gridRows({ by, parts }: Pick<Backfill, "by" | "parts">): GridRow[] {
  const rows = new Map<string, BackfillPart[]>();
  for (const part of parts) {
    const name = part.name.slice(0, by === "day" ? 7 : 4);
    rows.set(name, [...(rows.get(name) ?? []), part]);
  }
  return [...rows].map(([name, each]) => ({ name, parts: each }));
}

export function progressOf({ by, status, parts }: Backfill): string {
  const names = (wanted: BackfillPart["status"]): string[] => parts.filter((part) => part.status === wanted).map(({ name }) => name);
  const [done, failed, running] = [names("done"), [...names("failed"), ...names("killed")], [...names("running"), ...names("claimed")]];
  const rows = parts.reduce((sum, part) => sum + (part.rows ?? 0), 0);
  const sentences = [
    `${formatCount(done.length)} of ${counted(parts.length, by)} done, ${counted(rows, "row")}.`,
    ...(running.length > 0 ? [`Now: ${formatNames(running)}.`] : []),
    ...(failed.length > 0 ? [`Failed: ${formatNames(failed, 5)}.`] : []),
    ...(status === "open" && running.length === 0 ? ["Nothing of it is at work: give its command again to go on."] : []),
  ];
  return sentences.join(" ");
}

/** The command that began it, which also goes on with it. */
export function commandOf({ name, from, to, by, timezone, mode, environment }: Backfill, isOnlyEnvironment: boolean): string {
  const flags = [
    ...[`--from ${from} --to ${to} --by ${by}`],
    ...(timezone === "UTC" ? [] : [`--timezone ${timezone}`]),
    ...(mode === "replace" ? ["--replace-range"] : mode === "append" ? ["--append"] : []),
    ...(isOnlyEnvironment ? [] : [`--environment ${environment}`]),
  ];
  return `tapline backfill ${name} ${flags.join(" ")}`;
}
