/** Whether the numbers of a run agree. What nobody told can't disagree; what was told must. */
import type { StreamResult } from "./progress.ts";

export interface Disagreement {
  stream: string;
  problem: string;
}

export function reconcile(streams: readonly StreamResult[]): Disagreement[] {
  const tapTells = streams.some(({ summedUpBy }) => summedUpBy.includes("tap"));
  const targetTells = streams.some(({ summedUpBy }) => summedUpBy.includes("target"));
  return streams.flatMap((result) => {
    const problem = problemOf(result, tapTells, targetTells);
    return problem === undefined ? [] : [{ stream: result.stream, problem }];
  });
}

function problemOf(result: StreamResult, tapTells: boolean, targetTells: boolean): string | undefined {
  const { sent, received, loaded, superseded, rejected, summedUpBy } = result;
  const [byTap, byTarget] = [summedUpBy.includes("tap"), summedUpBy.includes("target")];
  if (byTap && targetTells && !byTarget && (sent ?? 0) > 0) return `The tap sent ${rows(sent)}, and the target says nothing of them`;
  if (byTarget && tapTells && !byTap && (received ?? 0) > 0)
    return `The target received ${rows(received)}, and the tap says nothing of them`;
  if (byTap && byTarget && sent !== null && received !== null && sent !== received)
    return `The tap sent ${rows(sent)}, the target received ${received}`;
  if (!byTarget || received === null || loaded === null) return undefined;
  const kept = loaded + (superseded ?? 0) + (rejected ?? 0);
  if (kept === received) return undefined;
  return `The target received ${rows(received)}, but accounts for ${kept}: ${loaded} loaded, ${superseded ?? 0} superseded, ${rejected ?? 0} rejected`;
}

const rows = (count: number | null): string => `${count ?? 0} ${count === 1 ? "row" : "rows"}`;
