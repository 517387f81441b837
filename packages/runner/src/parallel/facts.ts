/** What the store keeps of a parallel run: the reports of each day, and who signed off. */
import { randomBytes } from "node:crypto";
import { errors } from "../errors.ts";
import { compactTime } from "../model/run-id.ts";
import type { Facts } from "../state/facts.ts";
import type { DayReport, EarlierReport, SignOff } from "./report.ts";
import type { ParallelRun } from "./settings.ts";

type Which = Pick<ParallelRun, "job" | "environment">;

/** All tries of one day. Only the last report is kept whole: what it found replaces what the ones before it found. */
export interface DayFact {
  day: string;
  report: DayReport;
  earlier: EarlierReport[];
}

const prefixOf = ({ job, environment }: Which): string => `${environment}/${job}/`;

/** The oldest day first. */
export async function daysOf(facts: Facts, which: Which): Promise<DayFact[]> {
  return (await facts.list<DayFact>("parallel-day", { prefix: prefixOf(which) })).map(({ value }) => value);
}

/** The oldest first. */
export async function signOffsOf(facts: Facts, which: Which): Promise<SignOff[]> {
  return (await facts.list<SignOff>("sign-off", { prefix: prefixOf(which) })).map(({ value }) => value);
}

/** `make` gets the number of the try, from 1, so that no two processes that compare the same day give one id to two reports. */
export async function keepReport(facts: Facts, which: Which, day: string, make: (attempt: number) => DayReport): Promise<DayReport> {
  const key = prefixOf(which) + day;
  return facts.decide<DayFact, DayReport>("parallel-day", [key], ([kept]) => {
    const report = make((kept?.report.attempt ?? 0) + 1);
    // The answer of the first call was lost: it has written already.
    if (kept !== undefined && kept.report.started_at === report.started_at) return { answer: kept.report };
    const earlier = kept === undefined ? [] : [...kept.earlier, earlierOf(kept.report)];
    return { answer: report, write: { [key]: { day, report, earlier } satisfies DayFact } };
  });
}

const earlierOf = ({ id, attempt, ended_at, verdict, problems }: DayReport): EarlierReport => ({
  id,
  attempt,
  ended_at,
  verdict,
  problems: problems.slice(0, 5),
});

/** @throws report_unknown, report_not_clean */
export async function signOff(
  facts: Facts,
  which: Which,
  { name, note, report: wanted, now }: { name: string; note: string; report: string | undefined; now: Date },
): Promise<SignOff> {
  const days = await daysOf(facts, which);
  const found = wanted === undefined ? days.at(-1) : days.find(({ report }) => report.id === wanted);
  const replaced = days.find(({ earlier }) => earlier.some(({ id }) => id === wanted));
  if (found === undefined)
    throw errors.report_unknown({ job: which.job, wanted, newer: replaced?.report.id, last: days.at(-1)?.report.id });
  const { id, verdict, day, problems } = found.report;
  if (verdict !== "clean") throw errors.report_not_clean({ job: which.job, id, problems });
  const signed: SignOff = { name, note, at: now.toISOString(), report: id, day };
  const key = `${prefixOf(which)}${compactTime(now)}-${randomBytes(4).toString("hex")}`;
  await facts.decide<SignOff, void>("sign-off", [key], () => ({ answer: undefined, write: { [key]: signed } }));
  return signed;
}
