/** The rows of a target whose tables can't be compared otherwise, as it counts them itself. */
import { askQuery } from "../query/ask-query.ts";
import { notCompared } from "./compare.ts";
import type { Compared, MigratedStream } from "./migration.ts";
import type { PipeOptions } from "./run-pipe.ts";

/** `expected`: by stream. Equal counts prove little, so `equal` is null then, and false where a count differs. */
export async function countRows(
  target: string,
  streams: readonly MigratedStream[],
  expected: ReadonlyMap<string, number>,
  { project, environment, binFolders, stop }: PipeOptions,
): Promise<Compared> {
  const compared: Compared["streams"] = [];
  for (const { stream } of streams) {
    const query = { stream, limit: 0 };
    const rows = { onColumns() {}, onRow: () => undefined, onEvent() {} };
    const asked = await askQuery({ project, environment, binFolders, stop, target, query, ...rows });
    if ("failure" in asked) return notCompared(`${target} has no digest, and its rows can't be counted: ${asked.failure.message}`);
    const [left, right] = [expected.get(stream) ?? 0, asked.rows + asked.more];
    const [onlyLeft, onlyRight] = [Math.max(left - right, 0), Math.max(right - left, 0)];
    compared.push({ stream, left, right, onlyLeft, onlyRight, differing: 0, columns: {}, findings: [], examples: [] });
  }
  const wrong = compared
    .filter(({ left, right }) => left !== right)
    .map(({ stream, left, right }) => `${stream}: ${right} rows in place of ${left}`);
  const why = `${target} has no digest, so its rows were only counted`;
  if (wrong.length > 0) return { equal: false, summary: `${why}; ${wrong.join("; ")}`, streams: compared };
  return { equal: null, summary: `${why}, and as many rows are there as in the files`, streams: compared };
}
