/** What a notice of a recovery must not hide: files that could not be loaded meanwhile lie in the archive. */

import { type PutAway, putAwayPrefix } from "../files/file-facts.ts";
import type { RunRecord, StepRecord } from "../history/history.ts";
import type { Project } from "../model/project.ts";
import { tapsWithFilesIn } from "../project/plugin-entry.ts";
import type { Planned } from "./notices-of-run.ts";
import { withFacts } from "./send-planned.ts";

/** Of so many files that were put away last. */
const mostFiles = 1000;
const mostNamed = 5;

export interface Recovered {
  run: RunRecord;
  steps: readonly StepRecord[];
  /** When the job was well before, ISO 8601. "": it never was. */
  wellUntil: string;
}

/** @throws what the store throws */
export async function withLeftFiles(
  project: Project,
  planned: readonly Planned[],
  { run, steps, wellUntil }: Recovered,
): Promise<readonly Planned[]> {
  const { environment } = run;
  const known = tapsWithFilesIn(project.parsed, environment);
  const taps = new Set(steps.flatMap(({ plugins }) => plugins.map(({ name }) => name)).filter((name) => known.includes(name)));
  if (taps.size === 0 || !planned.some(({ notice }) => notice.event === "recovery")) return planned;
  const left = await withFacts(project, environment, async (facts) => {
    const found: (PutAway & { tap: string })[] = [];
    for (const tap of taps) {
      const prefix = putAwayPrefix({ environment, tap });
      for (const { value } of await facts.list<PutAway>("file", { prefix, order: "descending", limit: mostFiles }))
        if (value.outcome === "failure" && value.putAwayAt > wellUntil) found.push({ ...value, tap });
    }
    return found;
  });
  const [first] = left;
  if (first === undefined) return planned;
  const files = `${left.length} ${left.length === 1 ? "file" : "files"}`;
  const named = left.slice(0, mostNamed).map(({ path, archivedAs }) => `${path} could not be loaded, and is ${archivedAs ?? "gone"}`);
  return planned.map((each) => {
    if (each.notice.event !== "recovery") return each;
    const { title, warnings } = each.notice;
    const more = left.length > mostNamed ? [`and ${left.length - mostNamed} more`] : [];
    return {
      ...each,
      notice: {
        ...each.notice,
        title: title.replace(/^Works again/, `Works again, but ${files} could not be loaded`),
        warnings: [...named, ...more, ...warnings],
        command: `tapline files list ${first.tap}`,
      },
    };
  });
}
