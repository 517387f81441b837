/** A back-fill for people: its plan, its partitions while they run, and those of earlier commands. Pure. */
import {
  type BackfillEvent,
  type BackfillPart,
  type BackfillPlan,
  describeCount,
  type ListedBackfill,
  type ShownBackfill,
} from "@tapline/runner";

export function describeBackfillPlan(plan: BackfillPlan, { parallel, wanted }: { parallel: number; wanted: number }): string[] {
  const { words, environment, from, to, by, timezone, mode, pipes, parts, leftOut, isSingleWriter } = plan;
  const [first, last] = [parts[0]?.name, parts.at(-1)?.name];
  const range = parts.length < 2 ? (first ?? "") : `${first} to ${last}`;
  return [
    `back-fill of ${words.join(" ")} (${environment}): ${from} to ${to} by ${by}, days of ${timezone}`,
    ...pipes.flatMap(({ name, streams }) => [
      ...(pipes.length > 1 ? [`  step        ${name}`] : []),
      ...streams.map(({ stream, key, isAppended }) => `  stream      ${stream}, by ${key}: ${wayOf(mode, isAppended)}`),
    ]),
    `  partitions  ${counted(parts.length, "run")}${range === "" ? "" : `, ${range}`}; ${parallel} at a time${
      isSingleWriter && wanted > 1 ? " (the target takes one writer)" : ""
    }`,
    ...leftOut.map(({ what, why }) => `  left out    ${what}: ${why}`),
  ];
}

function wayOf(mode: BackfillPlan["mode"], isAppended: boolean): string {
  if (mode === "replace") return "its rows replace those of the range";
  return isAppended ? "its rows are added" : "its rows replace those of their key";
}

export function describeBackfillEvent(event: BackfillEvent, { ended, parts }: { ended: number; parts: number }): string[] {
  switch (event.type) {
    case "backfill_started": {
      const { id, isResumed, done } = event;
      if (done === parts) return [`all ${counted(parts, "partition")} are done (back-fill ${id}); to load them once more: --again`];
      return [isResumed ? `goes on with back-fill ${id}: ${done} of ${counted(parts, "partition")} are done` : `back-fill ${id}`];
    }
    case "partition_started":
      return [`${event.partition}: started, run ${event.runId}`];
    case "partition_waits":
      return [
        `${event.partition}: waits${event.runId === null ? " for partitions that are at work" : ` for run ${event.runId} of the job itself`}`,
      ];
    case "partition_ended":
      return [`${event.partition}: ${endOf(event)}${event.status === "done" ? ` (${ended} of ${parts})` : ""}`];
    case "backfill_ended": {
      const { done, rows, failed, stopped, id } = event;
      return [
        `${done} of ${counted(parts, "partition")} done${rows === 0 ? "" : `, ${describeCount(rows)} ${rows === 1 ? "row" : "rows"} loaded`}`,
        ...(failed.length === 0 ? [] : [`failed: ${failed.join(", ")}. See: tapline backfill show ${id}`]),
        ...(stopped.length === 0 ? [] : [`stopped: ${stopped.join(", ")}`]),
        ...(done < parts ? ["To go on: the same command again"] : []),
      ];
    }
  }
}

interface Ended {
  status: BackfillPart["status"];
  rows: number | null;
  error: string | null;
}

function endOf({ status, rows, error }: Ended): string {
  const why = error === null ? "" : `: ${error}`;
  if (status === "done") return rows === null ? "done" : `${describeCount(rows)} ${rows === 1 ? "row" : "rows"}`;
  if (status === "interrupted") return `stopped${why}`;
  return `${status}${why}`;
}

export function describeBackfills(found: readonly ListedBackfill[]): string[] {
  if (found.length === 0) return ["No back-fill yet. Start one: tapline backfill JOB --from … --to … --by day"];
  return found.map(
    ({ id, words, from, to, by, status, parts, done, failed }) =>
      `${id}  ${status.padEnd(7)}  ${words.join(" ")}  ${from} to ${to} by ${by}  ${done} of ${parts.length} done${failed.length === 0 ? "" : `, ${failed.length} failed`}`,
  );
}

export function describeBackfill(backfill: ShownBackfill): string[] {
  const { id, words, environment, from, to, by, timezone, mode, status, parts, done, begun } = backfill;
  return [
    `back-fill ${id}: ${status}`,
    `  of          ${words.join(" ")} (${environment}), ${mode}`,
    `  range       ${from} to ${to} by ${by}, days of ${timezone}`,
    `  partitions  ${done} of ${parts.length} done`,
    ...begun.map(({ name, attempts, ...part }) => `  ${name.padEnd(10)}  ${endOf(part)}  (run ${attempts.at(-1)?.runId ?? "none"})`),
  ];
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
