/** One state: its value with every digit, how it changed, and changes by a person: edit, roll back. */
import { useState } from "preact/hooks";
import type { StateOfPipe } from "../../src/api/answers.ts";
import { rollBackState } from "../actions.ts";
import { withQuery } from "../api.ts";
import { useHref } from "../location.ts";
import { Action } from "../parts/action.tsx";
import { Answered } from "../parts/answered.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { Heading } from "../parts/heading.tsx";
import { StateChange } from "../parts/state-change.tsx";
import { hasDraft, StateEditor } from "../parts/state-editor.tsx";
import { Ago } from "../parts/time.tsx";
import { prettyJson } from "../text/json-text.ts";
import { useAnswer } from "../use-answer.ts";

export function StateView({ stateId }: { stateId: string }) {
  const href = useHref();
  const asked = useAnswer<StateOfPipe>(withQuery("/api/state", { id: stateId }), 5000);
  const [isEditing, setEditing] = useState(() => hasDraft(stateId));
  return (
    <>
      <Heading title={stateId} above={<a href={href("/states")}>States</a>} />
      <Answered asked={asked}>
        {(state) => {
          const isLocked = state.changes.some(({ status }) => status === "running");
          const off = isLocked ? "A run uses this state now. Wait for its end, or cancel it." : undefined;
          return (
            <>
              <div class="line">
                <span>
                  Changed <Ago at={state.updated_at} />
                </span>
                <span class="actions">
                  <Action
                    text="Edit"
                    needs="edit"
                    off={off ?? (isEditing ? "You edit it already." : undefined)}
                    act={() => setEditing(true)}
                  />
                  <RollBack state={state} onDone={asked.again} off={off} />
                </span>
              </div>
              {isEditing ? (
                <StateEditor
                  state={state}
                  onClose={() => {
                    setEditing(false);
                    asked.again();
                  }}
                />
              ) : (
                <Value value={state.value} />
              )}
              <h2>History</h2>
              {state.changes.length === 0 && <p class="quiet">No change is kept.</p>}
              {state.changes.map((change, index) => (
                <StateChange
                  key={`${change.run_id} ${change.started_at}`}
                  state={state}
                  change={change}
                  isOpen={index === 0}
                  off={off}
                  onDone={asked.again}
                />
              ))}
            </>
          );
        }}
      </Answered>
    </>
  );
}

function Value({ value }: { value: string | null }) {
  if (value === null) return <p class="box">There is no state: the next run reads from the beginning.</p>;
  return <pre class="code">{prettyJson(value)}</pre>;
}

function RollBack({ state, off, onDone }: { state: StateOfPipe; off: string | undefined; onDone: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const change = state.changes.find(({ before, after }) => after !== null && before !== after);
  const act = async (): Promise<void> => {
    await rollBackState(state.state_id, undefined, state.value);
    onDone();
  };
  return (
    <>
      <Action
        text="Roll back"
        needs="edit"
        off={off ?? (change === undefined ? "No change is kept that could be taken back." : undefined)}
        act={() => setAsking(true)}
      />
      {isAsking && (
        <Confirm title="Take back the last change?" yes="Roll back" onYes={act} onClose={() => setAsking(false)}>
          <p>
            The state becomes what it was before the last change. The next run reads the rows after it again; targets with keys replace
            them, others may have them twice.
          </p>
        </Confirm>
      )}
    </>
  );
}
