/** The summary that a run ends with, for people. Pure. */

import { describePosition } from "@tapline/protocol";
import type { Failure } from "../model/failure.ts";
import { describeGuarantee } from "../model/guarantee.ts";
import { runCommand } from "../model/run-command.ts";
import type { RunResult } from "../model/run-event.ts";
import type { StreamResult } from "../model/stream-result.ts";
import { describeChanges } from "./describe-changes.ts";
import { describeState } from "./describe-state.ts";
import { describeCount, describeSeconds, layOut } from "./format.ts";

/** The table of streams and the lines below it. `command` is what the person typed, without options. */
export function describeRun(result: RunResult, command = `tapline run ${result.tap} ${result.target}`): string[] {
  const { streams, place, status } = result;
  const facts: [string, string][] = [];
  if (place !== null) facts.push(["database", place.value]);
  facts.push(["bookmark", describeState(result.stateAfter)], ["delivery", describeGuarantee(result.delivery)]);
  facts.push(["took", describeSeconds(result.seconds)]);
  facts.push(...nextSteps(result, command));
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...(streams.length === 0
      ? [status === "done" ? "No stream was reported." : "Nothing was reported about any stream."]
      : tableOf(streams)),
    ...streams.flatMap(({ stream, changes }) => describeChanges(stream, changes)),
    ...(status === "done" ? [...streams.flatMap(remarksOn), ...remarksOnAll(result)] : []),
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    "",
    ...facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`),
  ];
}

/** One line: plugin, stream and position, cause, what to do. */
export function describeFailure({ plugin, position, message, hint }: Failure): string {
  const { stream, ...rest } = position;
  const where = [plugin, ...(stream === undefined ? [] : [`stream ${stream}`]), describePosition(rest)].filter((part) => part !== "");
  const sentence = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").trim();
  return `Failed: ${where.join(", ")}: ${sentence(message)} — ${sentence(hint)}`;
}

const allColumns: readonly [string, (each: StreamResult) => number | null][] = [
  ["sent", ({ sent }) => sent],
  ["loaded", ({ loaded }) => loaded],
  ["new", ({ inserted }) => inserted],
  ["changed", ({ updated }) => updated],
  ["rejected", ({ rejected }) => rejected],
  ["deleted", ({ deleted }) => deleted],
  ["in table", ({ inTable }) => inTable],
  ["rows/s", rowsPerSecond],
];

/** Rejected and deleted rows have a column only if there are any. */
function tableOf(streams: readonly StreamResult[]): string[] {
  const isAny = (count: (each: StreamResult) => number | null): boolean => streams.some((each) => (count(each) ?? 0) > 0);
  const columns = allColumns.filter(([name, count]) => (name !== "rejected" && name !== "deleted") || isAny(count));
  const head = ["stream", ...columns.map(([name]) => name)];
  return layOut([head, ...streams.map((each) => [each.stream, ...columns.map(([, count]) => describeCount(count(each)))])]);
}

function rowsPerSecond({ sent, received, seconds }: StreamResult): number | null {
  const rows = received ?? sent;
  return rows === null || seconds === null ? null : Math.round(rows / Math.max(seconds, 0.001));
}

function remarksOn({ stream, superseded, sent, received, summedUpBy }: StreamResult): string[] {
  const remarks: string[] = [];
  if (superseded !== null && superseded > 0) {
    remarks.push(
      `${stream}: ${describeCount(superseded)} sent ${superseded === 1 ? "row was" : "rows were"} replaced by a later row with the same key`,
    );
  }
  if (summedUpBy.length < 2 && sent !== null && received !== null && sent !== received) {
    remarks.push(
      `${stream}: by their metrics, the tap sent ${describeCount(sent)} and the target received ${describeCount(received)} rows; check the table`,
    );
  }
  return remarks;
}

function remarksOnAll({ streams, stateBefore, overwrite, unchecked }: RunResult): string[] {
  const note = unchecked === null ? [] : [`Whether earlier rows are still there was not checked: ${unchecked}.`];
  if (overwrite) return ["The tap started from the beginning, because the target replaces its tables (load_method: overwrite)."];
  const isIdle = streams.length > 0 && streams.every(({ sent, received }) => sent === 0 && (received ?? 0) === 0);
  return [...(isIdle && stateBefore !== null ? ["Nothing was new since the last run."] : []), ...note];
}

function nextSteps({ status, stateId, stateAfter, overwrite, failure }: RunResult, command: string): [string, string][] {
  const again = runCommand(command, stateId);
  if (status !== "done")
    return [["next", failure?.code === "run_stopped" ? `${again}   (continues from the bookmark)` : `fix the cause below, then: ${again}`]];
  const look: [string, string][] = stateAfter === null ? [] : [["", `tapline state get ${stateId}   (shows the bookmark)`]];
  return [["next", `${again}   (${overwrite ? "replaces the tables" : "loads what is new or changed"})`], ...look];
}
