/** The report of `tapline import meltano` for people: what was made, what could be of npm, the states, and what has no counterpart. */
import { relative } from "node:path";
import type { Imported, MeltanoGap } from "@tapline/runner";

export function describeImport(
  { counts, gaps, offers, replaced, states, path }: Imported,
  { folder, isDry }: { folder: string; isDry: boolean },
): string[] {
  const { plugins, environments, jobs, schedules } = counts;
  const what = [
    counted(plugins, "plugin"),
    counted(environments, "environment"),
    counted(jobs, "job"),
    counted(schedules, "schedule"),
  ].join(", ");
  const taken = states.filter(({ isNew }) => isNew);
  const strange = states.filter(({ stateId }) => stateId === undefined);
  const ready = offers.filter(({ unknown }) => unknown.length === 0);
  const near = offers.filter(({ unknown }) => unknown.length > 0);
  return [
    isDry ? `Would write ${relative(folder, path)}: ${what}` : `Wrote ${relative(folder, path)}: ${what}`,
    ...(isDry
      ? []
      : [`Took over ${counted(taken.length, "state")}${taken.length === 0 ? "" : `: ${taken.map(({ stateId }) => stateId).join(", ")}`}`]),
    ...strange.map(
      ({ from }) => `Left the state ${from}: it is not of the form ENVIRONMENT:TAP-to-TARGET. To take it over: tapline state set ID`,
    ),
    ...replaced.map(({ plugin, npm }) => `${plugin} is now ${npm} of npm`),
    ...ready.map(({ plugin, npm }) => `${plugin} can be ${npm} of npm, with the same settings: --npm ${plugin}`),
    ...near.map(({ plugin, npm, unknown }) => `${plugin} can't be ${npm} of npm: that has no setting ${unknown.join(", ")}`),
    "",
    ...gapLines(gaps, folder),
    ...(isDry ? [] : ["", "Next: tapline install, then tapline doctor"]),
  ];
}

const titles: Readonly<Record<MeltanoGap["kind"], string>> = {
  lost: "Without a counterpart",
  differs: "Different from Meltano",
  unknown: "Not known from the files",
};

export function gapLines(gaps: readonly MeltanoGap[], folder: string): string[] {
  if (gaps.length === 0) return ["Everything has a counterpart."];
  return (Object.keys(titles) as MeltanoGap["kind"][]).flatMap((kind) => {
    const own = gaps.filter((gap) => gap.kind === kind);
    return own.length === 0 ? [] : [`${titles[kind]}:`, ...own.map((gap) => `  ${placeOf(gap, folder)}${gap.what}: ${gap.text}`)];
  });
}

function placeOf({ position: { file, line } }: MeltanoGap, folder: string): string {
  if (file === undefined) return "";
  return `${relative(folder, file)}${line === undefined ? "" : `:${line}`}  `;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
