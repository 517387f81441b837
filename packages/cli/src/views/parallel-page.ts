/** The report of a day as one HTML page: that of its verification, with the day in its title. Pure. */
import type { DayReport } from "@tapline/runner";
import { verifyHtml } from "./verify-html.ts";

export function dayPage({ job, environment, day, id, verdict, tables, started_at, ended_at }: DayReport): string {
  const seconds = Math.round((Date.parse(ended_at) - Date.parse(started_at)) / 1000);
  const report = {
    verdict: verdict === "clean" ? ("equal" as const) : verdict,
    started_at,
    seconds,
    tables,
    unmatched: { here: [], there: [] },
  };
  return verifyHtml(report, `${job} (${environment}), ${day}, report ${id}`);
}
