/**
 * Compares the entries of the ledger that no target of this run will compare. A step that changes from one pipe to several, or back, would
 * otherwise start with entries of which nothing is known, and would not notice that the database is another one.
 */
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { mainEntry } from "../model/last-commits.ts";
import type { RunFolder } from "../process/run-folder.ts";
import { askLedger } from "./ask-ledger.ts";
import { laneSuffix } from "./lane-ids.ts";
import { keyOf, type LiveRun } from "./live-run.ts";

/** `lanes`: the number of lanes of this run; 0: it has one pipe. Entries of lanes that agree are then no longer kept. */
export async function checkIdleEntries(run: LiveRun, lanes: number, folder: RunFolder, command: string): Promise<Failure | null> {
  const { lastCommits } = run.state;
  const used = lanes === 0 ? [mainEntry] : Array.from({ length: lanes }, (_, index) => laneSuffix(index));
  const isAnyNew = used.some((entry) => lastCommits[entry] === undefined);
  // The main entry stays for a later run over one pipe. It need not be asked where every lane has an entry to compare.
  const idle = Object.keys(lastCommits).filter((entry) => !used.includes(entry) && (entry !== mainEntry || isAnyNew));
  for (const entry of idle) {
    const answer = await askLedger(run, folder, entry);
    if ("failure" in answer) return answer.failure;
    const known = lastCommits[entry] as string;
    const { run_id: found } = answer.entry;
    if (found === known) continue;
    const { stateId, target } = run.step;
    return asFailure(target.plugin.name, errors.commit_missing({ entry: `${stateId}${entry}`, found, known, command, stateId }));
  }
  const dropped = idle.filter((entry) => entry !== mainEntry);
  if (dropped.length === 0) return null;
  run.state.setLastCommits(Object.fromEntries(Object.entries(lastCommits).filter(([entry]) => !dropped.includes(entry))));
  await run.store.saveCommits(keyOf(run), run.state.lastCommits);
  return null;
}
