/** A run at work: for each step that has begun how much is done, how long it takes still, and the rows, bytes and rate of each stream. */
import type { StepOfRun } from "../../src/api/answers.ts";
import type { LiveRun, LiveStep, LiveStream } from "../live/live-run.ts";
import { formatBytes, formatCount, formatDuration } from "../text/format.ts";
import { Status } from "./status.tsx";
import { type Column, Table } from "./table.tsx";
import { useNow } from "./time.tsx";

export function LiveSteps({ live, steps }: { live: LiveRun; steps: readonly StepOfRun[] }) {
  return (
    <section class="live" aria-label="Now">
      {[...live.steps].map(([index, step]) => (
        <LiveStepPart key={index} step={step} name={steps.find((each) => each.index === index)?.name ?? `Step ${index + 1}`} />
      ))}
      {live.log.length > 0 && (
        <pre class="log-end">{live.log.map(({ plugin, level, message }) => `${plugin} ${level} ${message}`).join("\n")}</pre>
      )}
    </section>
  );
}

const columns: Column<LiveStream>[] = [
  { heading: "Stream", cell: ({ stream }) => stream },
  { heading: "Rows sent", isNumber: true, cell: ({ sent }) => formatCount(sent) },
  { heading: "Loaded", isNumber: true, cell: ({ loaded }) => formatCount(loaded) },
  { heading: "Rejected", isNumber: true, isWide: true, cell: ({ rejected }) => formatCount(rejected) },
  {
    heading: "Rows a second",
    isNumber: true,
    cell: ({ rowsPerSecond }) => formatCount(rowsPerSecond === null ? null : Math.round(rowsPerSecond)),
  },
  { heading: "Bytes", isNumber: true, isWide: true, cell: ({ bytes }) => formatBytes(bytes) },
  { heading: "Bytes a second", isNumber: true, isWide: true, cell: ({ bytesPerSecond }) => formatBytes(bytesPerSecond) },
];

function LiveStepPart({ step, name }: { step: LiveStep; name: string }) {
  const now = useNow(1000);
  const { status, startedAt, streams, share, secondsLeft, behind, nodes, attempts } = step;
  const isAtWork = status === "running";
  return (
    <section aria-label={name}>
      <div class="line">
        <h2>{name}</h2>
        <Status status={status} />
        {isAtWork && <span>for {formatDuration(Math.max(0, (now - startedAt) / 1000))}</span>}
        {attempts > 1 && <span>attempt {attempts}</span>}
        {isAtWork && behind !== null && (
          <span>follows its source{behind === 0 ? ", level with it" : `, ${formatDuration(Math.ceil(behind))} behind`}</span>
        )}
        {isAtWork && share !== null && (
          <span>
            <progress value={share} max={1} aria-label={`How much of ${name} is read`} /> {Math.floor(share * 100)} % read
            {secondsLeft !== null && `, about ${formatDuration(Math.ceil(secondsLeft))} left`}
          </span>
        )}
        {nodes.length > 0 && <span>{formatCount(nodes.length)} parts done</span>}
      </div>
      {streams.length > 0 && <Table name={`Streams of ${name} now`} columns={columns} rows={streams} keyOf={({ stream }) => stream} />}
    </section>
  );
}
