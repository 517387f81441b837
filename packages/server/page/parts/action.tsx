/** A button that changes something: off, with the reason, where the reader may not; busy while it is done. */
import { useState } from "preact/hooks";
import { type Role, refusal, useSession } from "../session.ts";
import { tellProblem } from "./messages.tsx";

interface ActionButton {
  text: string;
  /** Says of what, for readers of screens: "Run now" is on each row. It begins with the text. */
  label?: string;
  needs: Role;
  /** Why it can't be done now, whoever asks. */
  off?: string | undefined;
  kind?: "main" | "danger";
  act: () => Promise<void> | void;
}

export function Action({ text, label, needs, off, kind, act }: ActionButton) {
  const session = useSession();
  const [isBusy, setBusy] = useState(false);
  const why = refusal(session, needs) ?? off;
  const press = async (): Promise<void> => {
    if (why !== undefined || isBusy) return;
    setBusy(true);
    try {
      await act();
    } catch (problem) {
      tellProblem(problem);
    }
    setBusy(false);
  };
  // Not the attribute disabled: the reason must be reachable by the keyboard.
  return (
    <button type="button" class={kind} aria-disabled={why !== undefined || isBusy} title={why} aria-label={label} onClick={press}>
      {text}
    </button>
  );
}
