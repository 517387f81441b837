/**
 * How a parallel run stands: its days, how many are clean in a row, which sign-offs count, and why a cutover may not be made yet. Pure, but for `readStanding`.
 *
 * - A row ends at the newest day and goes back until a day that was not clean, or was due and is missing.
 * - A day that was compared again counts by its last report: a load that was mended the same day is clean, and its earlier tries stay listed.
 * - A sign-off counts while its report is the last one of its day and that day is in the row. So a day that is not clean, missing or
 *   compared again takes back every sign-off before it.
 */
import type { Weekday } from "../model/parallel-run-schema.ts";
import type { Facts } from "../state/facts.ts";
import { type DayFact, daysOf, signOffsOf } from "./facts.ts";
import type { DayReport, EarlierReport, SignOff } from "./report.ts";
import { dayBefore, isDue, type ParallelRun } from "./settings.ts";

/** From the store. `today`: in the time zone of the run; later days are left out. */
export async function readStanding(facts: Facts, run: ParallelRun, today: string): Promise<Standing> {
  const [days, signOffs] = [await daysOf(facts, run), await signOffsOf(facts, run)];
  return standingOf({ days, signOffs, today, cleanDays: run.cleanDays, wantedSignOffs: run.signOffs, dueOn: run.days });
}

export interface Standing {
  /** The newest first; days on which nothing is due and nothing was compared are left out. */
  days: StandingDay[];
  /** Clean days in a row, up to now. */
  row: number;
  wanted: number;
  /** The newest first. */
  sign_offs: (SignOff & { counts: boolean; why?: string })[];
  sign_offs_wanted: number;
  /** Why a cutover may not be made; [] where it may. */
  reasons: string[];
}

export interface StandingDay {
  day: string;
  state: DayReport["verdict"] | "missing";
  report?: DayReport;
  earlier: EarlierReport[];
  /** Part of the clean row. */
  in_row: boolean;
}

export interface StandingInput {
  days: readonly DayFact[];
  signOffs: readonly SignOff[];
  /** In the time zone of the run. */
  today: string;
  cleanDays: number;
  wantedSignOffs: number;
  dueOn: readonly Weekday[];
}

export function standingOf({ days, signOffs, today, cleanDays, wantedSignOffs, dueOn }: StandingInput): Standing {
  const facts = new Map(days.map((fact) => [fact.day, fact]));
  const [first] = [...facts.keys()].sort();
  const all: StandingDay[] = [];
  let isUnbroken = true;
  for (let day = today; first !== undefined && day >= first; day = dayBefore(day)) {
    const fact = facts.get(day);
    // Today's comparison may still come.
    if (fact === undefined && (day === today || !isDue(day, dueOn))) continue;
    const state = fact?.report.verdict ?? "missing";
    isUnbroken &&= state === "clean";
    all.push({ day, state, ...(fact !== undefined && { report: fact.report }), earlier: fact?.earlier ?? [], in_row: isUnbroken });
  }
  const row = all.filter((day) => day.in_row).length;
  const judged = signOffs.toReversed().map((each) => ({ ...each, ...judge(each, all) }));
  const names = new Set(judged.filter(({ counts }) => counts).map(({ name }) => name));
  return {
    days: all,
    row,
    wanted: cleanDays,
    sign_offs: judged,
    sign_offs_wanted: wantedSignOffs,
    reasons: [...rowReasons(all, row, cleanDays), ...signOffReasons(names.size, wantedSignOffs)],
  };
}

function judge({ report, day }: SignOff, days: readonly StandingDay[]): { counts: boolean; why?: string } {
  const own = days.find((each) => each.day === day);
  if (own?.report?.id !== report) return { counts: false, why: `${day} was compared again after it` };
  if (own.in_row) return { counts: true };
  const breach = days.findLast((each) => each.day > day && each.state !== "clean");
  return { counts: false, why: breach === undefined ? `${day} is not clean` : `${breach.day} ${stateText(breach.state)} after it` };
}

function rowReasons(days: readonly StandingDay[], row: number, wanted: number): string[] {
  if (row >= wanted) return [];
  if (days.length === 0) return ["no day has been compared"];
  const breach = days.find((each) => !each.in_row);
  const because = breach === undefined ? "" : `: ${breach.day} ${stateText(breach.state)}`;
  return [`${row} clean ${row === 1 ? "day" : "days"} in a row of ${wanted}${because}`];
}

export const stateText = (state: StandingDay["state"]): string =>
  ({ clean: "is clean", different: "has differences", failed: "could not be compared", missing: "is missing" })[state];

function signOffReasons(count: number, wanted: number): string[] {
  if (count >= wanted) return [];
  return [`${count === 0 ? "nobody has" : `${count} of ${wanted} people have`} signed off a report of these days`];
}
