/** Deletes the bookmarks of some tables in the states of a job's pipes, so that the next run reads these whole. */
import { parseExact, type State } from "@tapline/protocol";
import { changeState, openProject, openStore, planJob, pluginNames, type StoredState, withoutLane, withoutStreams } from "@tapline/runner";
import { ownBinFolders } from "./plugin-folders.ts";
import { nearStreams, streamsCalled } from "./stream-names.ts";
import { printLines } from "./terminal.ts";
import { usage } from "./usage.ts";

/** @throws resync_no_table, resync_unmatched, resync_ambiguous, state_not_kept, already_running and what `planJob` throws */
export async function resync(words: readonly string[], environment: string | undefined): Promise<void> {
  const project = openProject(process.cwd());
  const { pipe, tables } = splitWords(words, pluginNames(project));
  if (tables.length === 0) throw usage.resync_no_table({ pipe: pipe.join(" ") });
  const request = { words: pipe, environment };
  const plan = await planJob({ project: { ...project, isReadOnly: true }, request, binFolders: ownBinFolders });
  const ids = plan.steps.flatMap(({ ready }) => (ready.kind === "pipe" ? [ready.pipe.stateId] : []));
  await using store = await openStore(project, plan.environment);
  const kept = await store.states();
  // What a crash left of lanes is part of the pipe's state.
  const states = kept.filter(({ stateId }) => ids.includes(stateId) || ids.includes(withoutLane(stateId)));
  if (states.length === 0) throw usage.state_not_kept({ id: ids.join(", "), known: kept.map(({ stateId }) => stateId), meant: undefined });
  const known = [...new Set(states.flatMap(streamsOf))];
  const streams = [...new Set(tables.map((table) => streamOfTable(table, known, pipe)))];
  const changes = states.flatMap((state) => {
    const its = streamsOf(state).filter((stream) => streams.includes(stream));
    return its.length === 0 ? [] : [{ stateId: state.stateId, value: withoutStreams(state.value, its), expected: state.value }];
  });
  await changeState(store, "clear", ...changes);
  printLines([
    `The next run of ${pipe.join(" ")} reads whole: ${streams.join(", ")}. The others go on.`,
    `Start it: tapline run ${pipe.join(" ")}${environment === undefined ? "" : ` -e ${environment}`}`,
  ]);
}

/** One word that names no plugin is a job; else all up to the last plugin are a pipe. */
function splitWords(words: readonly string[], plugins: readonly string[]): { pipe: string[]; tables: string[] } {
  const end = words.findIndex((word) => !plugins.includes(word));
  const length = end === -1 ? words.length : Math.max(1, end);
  return { pipe: words.slice(0, length), tables: words.slice(length) };
}

function streamsOf({ value }: StoredState): string[] {
  return Object.keys((parseExact(value) as State).bookmarks ?? {});
}

/** @throws resync_unmatched, resync_ambiguous */
function streamOfTable(table: string, known: readonly string[], pipe: readonly string[]): string {
  const found = streamsCalled(table, known);
  if (found.length > 1) throw usage.resync_ambiguous({ table, streams: found });
  const [stream] = found;
  if (stream === undefined)
    throw usage.resync_unmatched({ table, pipe: pipe.join(" "), near: nearStreams(table, known), count: known.length });
  return stream;
}
