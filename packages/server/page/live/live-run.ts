/** What a run at work has done so far, folded from its events as `tapline run --json` prints them. Pure. */

export interface LiveStream {
  stream: string;
  sent: number | null;
  loaded: number | null;
  rejected: number | null;
  bytes: number | null;
  /** Over the last seconds; null: too early to say. */
  rowsPerSecond: number | null;
  bytesPerSecond: number | null;
}

export interface LiveStep {
  status: string;
  startedAt: number;
  streams: LiveStream[];
  /** How much of all it will read the tap has read, from 0 to 1; null: it does not say. */
  share: number | null;
  secondsLeft: number | null;
  /** Of a run that follows: how many seconds it is behind its source. */
  behind: number | null;
  nodes: { name: string; status: string }[];
  attempts: number;
}

export interface LiveRun {
  steps: ReadonlyMap<number, LiveStep>;
  /** Counts of the last seconds, by step, for rates. */
  samples: ReadonlyMap<number, readonly Sample[]>;
  /** The end of the log. */
  log: readonly { plugin: string; level: string; message: string }[];
}

interface Sample {
  time: number;
  streams: ReadonlyMap<string, { rows: number; bytes: number }>;
}

interface StreamFields {
  stream: string;
  sent: number | null;
  received: number | null;
  loaded: number | null;
  rejected: number | null;
  bytes: number | null;
}

export type RunEventLine = { type: string; time: string; step: number | null } & Record<string, unknown>;

export const newLiveRun: LiveRun = { steps: new Map(), samples: new Map(), log: [] };

const [rateMs, logLines] = [5000, 8];

export function addEvent(run: LiveRun, event: RunEventLine): LiveRun {
  const time = Date.parse(event.time);
  if (event.type === "log") {
    const line = { plugin: String(event.plugin), level: String(event.level ?? "-"), message: String(event.message) };
    return { ...run, log: [...run.log, line].slice(-logLines) };
  }
  if (event.step === null) return run;
  const step = run.steps.get(event.step) ?? newStep(time);
  const withStep = (change: Partial<LiveStep>): LiveRun => ({
    ...run,
    steps: new Map(run.steps).set(event.step as number, { ...step, ...change }),
  });
  if (event.type === "run_started" || event.type === "utility_started")
    return { ...withStep({ ...newStep(time), attempts: step.attempts + 1 }), samples: new Map(run.samples).set(event.step, []) };
  if (event.type === "progress") return addProgress(run, event.step, step, time, event);
  if (event.type === "node") {
    const { name, status } = event.node as { name: string; status: string };
    return withStep({ nodes: [...step.nodes, { name, status }] });
  }
  if (event.type === "retrying") return withStep({ status: "waits to be tried again" });
  if (event.type === "step_skipped") return withStep({ status: "skipped" });
  if (event.type === "run_finished") return withStep({ status: String(event.status), secondsLeft: null });
  return run;
}

const newStep = (startedAt: number): LiveStep => ({
  status: "running",
  startedAt,
  streams: [],
  share: null,
  secondsLeft: null,
  behind: null,
  nodes: [],
  attempts: 0,
});

function addProgress(run: LiveRun, index: number, step: LiveStep, time: number, event: RunEventLine): LiveRun {
  const streams = event.streams as StreamFields[];
  const read = event.read as { done: number; total: number } | null;
  const counts = new Map(streams.map((each) => [each.stream, { rows: rowsOf(each), bytes: each.bytes ?? 0 }]));
  const kept = (run.samples.get(index) ?? []).filter((sample) => sample.time >= time - rateMs);
  const samples = new Map(run.samples).set(index, [...kept, { time, streams: counts }]);
  const oldest = kept[0];
  const rate = (stream: string, what: "rows" | "bytes"): number | null => {
    if (oldest === undefined || time - oldest.time < 200) return null;
    const grown = (counts.get(stream)?.[what] ?? 0) - (oldest.streams.get(stream)?.[what] ?? 0);
    return Math.max(0, (grown * 1000) / (time - oldest.time));
  };
  const share = read === null || read.total <= 0 ? null : Math.min(1, read.done / read.total);
  const seconds = (time - step.startedAt) / 1000;
  const change: LiveStep = {
    ...step,
    status: "running",
    streams: streams.map((each) => ({
      stream: each.stream,
      sent: each.sent,
      loaded: each.loaded,
      rejected: each.rejected,
      bytes: each.bytes,
      rowsPerSecond: rate(each.stream, "rows"),
      bytesPerSecond: rate(each.stream, "bytes"),
    })),
    share,
    // A share of the first moment says nothing about the rest.
    behind: (event.lag as { seconds: number } | undefined)?.seconds ?? null,
    secondsLeft: share === null || share < 0.01 || seconds < 2 ? null : (seconds * (1 - share)) / share,
  };
  return { ...run, samples, steps: new Map(run.steps).set(index, change) };
}

const rowsOf = ({ sent, received, loaded }: StreamFields): number => Math.max(sent ?? 0, received ?? 0, loaded ?? 0);
