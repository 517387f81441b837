/** A change of a state: by which run or command, what differs, and the way back to the state after it. */
import { useState } from "preact/hooks";
import type { StateOfPipe } from "../../src/api/answers.ts";
import { rollBackState } from "../actions.ts";
import { useHref } from "../location.ts";
import { runPath } from "../router.ts";
import { prettyJson } from "../text/json-text.ts";
import { Action } from "./action.tsx";
import { Confirm } from "./dialog.tsx";
import { Diff } from "./diff-text.tsx";
import { Status } from "./status.tsx";
import { Ago } from "./time.tsx";

type Change = StateOfPipe["changes"][number];

interface ShownChange {
  state: StateOfPipe;
  change: Change;
  isOpen: boolean;
  off: string | undefined;
  onDone: () => void;
}

export function StateChange({ state, change, isOpen, off, onDone }: ShownChange) {
  const href = useHref();
  const { run_id, kind, status, started_at, before, after } = change;
  const [isAsking, setAsking] = useState(false);
  const isNow = state.changes.find((each) => each.before !== each.after) === change && after === state.value;
  const act = async (): Promise<void> => {
    await rollBackState(state.state_id, run_id, state.value);
    onDone();
  };
  return (
    <details class="change" open={isOpen}>
      <summary>
        <span class="line inline">
          {kind} <Status status={status} /> <Ago at={started_at} />
          {before === after && <span class="quiet">changed nothing</span>}
          {isNow && <span class="tag">now</span>}
        </span>
      </summary>
      <p>
        {kind === "run" || kind === "job" ? <a href={href(runPath(run_id))}>Run {run_id}</a> : <code>{run_id}</code>}{" "}
        {after !== null && after !== state.value && (
          <Action text="Go back to after this" needs="edit" off={off} act={() => setAsking(true)} />
        )}
      </p>
      {before !== after && after !== null && <Diff before={prettyJson(before ?? "")} after={prettyJson(after)} />}
      {isAsking && (
        <Confirm title="Go back to this state?" yes="Go back" onYes={act} onClose={() => setAsking(false)}>
          <p>The next run starts from the state after this change, and reads all that came later again.</p>
        </Confirm>
      )}
    </details>
  );
}
