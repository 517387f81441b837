/** The schedules and sensors of a pipeline: when they are due, what they wait for, how they ended last, and the files they see. */
import type { Pipeline } from "../../src/api/answers.ts";
import { useHref } from "../location.ts";
import { runPath } from "../router.ts";
import { formatCount } from "../text/format.ts";
import { PauseButton } from "./pause-button.tsx";
import { Status, statusWord } from "./status.tsx";
import { Table } from "./table.tsx";
import { Ago } from "./time.tsx";

type Trigger = Pipeline["triggers"][number];

export function Triggers({ pipeline, onDone }: { pipeline: Pipeline; onDone: () => void }) {
  const { triggers, environment } = pipeline;
  return (
    <>
      <h2>Started by</h2>
      {triggers.length === 0 && <p class="quiet">Nothing but people and other programs: it has no schedule and no sensor.</p>}
      {triggers.map((trigger) => (
        <section class="trigger" key={trigger.name} aria-label={trigger.name}>
          <div class="line">
            <h3>
              {trigger.kind} {trigger.name}
            </h3>
            <code>{trigger.when}</code>
            <span class="actions">
              <PauseButton name={trigger.name} environment={environment} isPaused={trigger.paused !== null} onDone={onDone} />
            </span>
          </div>
          <p>
            {trigger.paused === null
              ? `${trigger.now.charAt(0).toUpperCase()}${trigger.now.slice(1)}.`
              : `It is paused${trigger.paused.reason === null ? "" : `: ${trigger.paused.reason}`}.`}{" "}
            {trigger.next_due !== null && (
              <>
                Next due <Ago at={trigger.next_due} />.
              </>
            )}
          </p>
          <Last last={trigger.last} />
          {trigger.files.length > 0 && <FilesSeen trigger={trigger} />}
        </section>
      ))}
    </>
  );
}

function Last({ last }: { last: Trigger["last"] }) {
  const href = useHref();
  if (last === null) return null;
  const word = last.run_id === null ? statusWord(last.status) : <a href={href(runPath(last.run_id))}>{statusWord(last.status)}</a>;
  return (
    <p>
      Last time, due <Ago at={last.due_at} />: {word}
      {last.error !== null && `: ${last.error}`}
      {last.missed > 0 && `; ${formatCount(last.missed)} due times before it passed without a run`}.
    </p>
  );
}

function FilesSeen({ trigger }: { trigger: Trigger }) {
  const columns = [
    { heading: "File", cell: (file: Trigger["files"][number]) => <code>{file.path}</code> },
    { heading: "Why it does not start the job", isLong: true, cell: (file: Trigger["files"][number]) => file.text },
    { heading: "State", isWide: true, cell: (file: Trigger["files"][number]) => <Status status={file.state} /> },
  ];
  return <Table isText name={`Files of ${trigger.name}`} columns={columns} rows={trigger.files} keyOf={(file) => file.path} />;
}
