/** Edits a state as text: checked as JSON while it is written, and saved only if nobody has changed it meanwhile. */
import { useState } from "preact/hooks";
import type { StateOfPipe } from "../../src/api/answers.ts";
import { changeState } from "../actions.ts";
import { Refused } from "../api.ts";
import { layOutJson, prettyJson } from "../text/json-text.ts";
import { Action } from "./action.tsx";
import { Diff } from "./diff-text.tsx";

/** Text that is neither saved nor left, by state id: whoever looks at another view meanwhile finds it again. */
const drafts = new Map<string, { start: string | null; text: string }>();

export const hasDraft = (stateId: string): boolean => drafts.has(stateId);

export function StateEditor({ state, onClose }: { state: StateOfPipe; onClose: () => void }) {
  // What the edit began from, also when a newer state comes meanwhile.
  const [start] = useState(() => (drafts.get(state.state_id) ?? { start: state.value }).start);
  const [text, setText] = useState(() => drafts.get(state.state_id)?.text ?? prettyJson(start ?? "{}"));
  const write = (written: string): void => {
    drafts.set(state.state_id, { start, text: written });
    setText(written);
  };
  const close = (): void => {
    drafts.delete(state.state_id);
    onClose();
  };
  const [conflict, setConflict] = useState(false);
  const { text: laidOut, problem } = layOutJson(text);
  const isSame = laidOut !== undefined && laidOut === prettyJson(start ?? "");
  const isBehind = conflict || state.value !== start;
  const save = async (): Promise<void> => {
    try {
      await changeState(state.state_id, text, start);
      close();
    } catch (error) {
      if (error instanceof Refused && error.status === 409) setConflict(true);
      throw error;
    }
  };
  const off = problem !== undefined ? "This is no JSON yet." : isSame ? "Nothing has changed." : undefined;
  return (
    <section class="editor" aria-label="Edit the state">
      <label class="field">
        State, as JSON
        <textarea
          rows={Math.min(30, Math.max(8, text.split("\n").length + 1))}
          spellcheck={false}
          value={text}
          onInput={(event) => write(event.currentTarget.value)}
          aria-invalid={problem !== undefined}
          aria-describedby="state-problem"
        />
      </label>
      <p id="state-problem" role="status" class={problem ? "bad-text" : "quiet"}>
        {problem
          ? `Line ${problem.line}, column ${problem.column}: ${problem.message}.`
          : isSame
            ? "Nothing has changed."
            : "This is valid JSON."}
      </p>
      {isBehind && (
        <div class="box bad" role="alert">
          <p>The state was changed while you edited it, so this can't be saved: it would undo that change. This is what came since:</p>
          <Diff before={prettyJson(start ?? "")} after={prettyJson(state.value ?? "")} />
          <p class="hint">Copy what you need, leave the editor, and edit the new state.</p>
        </div>
      )}
      {laidOut !== undefined && !isSame && (
        <>
          <h2>What you change</h2>
          <Diff before={prettyJson(start ?? "")} after={laidOut} />
        </>
      )}
      <div class="actions">
        <Action text="Save" kind="main" needs="edit" off={off} act={save} />
        <button type="button" onClick={close}>
          Leave it
        </button>
      </div>
    </section>
  );
}
