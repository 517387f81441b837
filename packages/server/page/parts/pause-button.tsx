/** Pauses a job, schedule or sensor, with a reason that others will read, or lets it go on. */
import { useState } from "preact/hooks";
import { pause, resume } from "../actions.ts";
import { Action } from "./action.tsx";
import { Confirm } from "./dialog.tsx";

interface Pausable {
  name: string;
  environment: string;
  isPaused: boolean;
  onDone: () => void;
}

export function PauseButton({ name, environment, isPaused, onDone }: Pausable) {
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  if (isPaused) {
    const goOn = async (): Promise<void> => {
      await resume(name, environment);
      onDone();
    };
    return <Action text="Resume" label={`Resume ${name}`} needs="run" act={goOn} />;
  }
  const stop = async (): Promise<void> => {
    await pause(name, environment, reason.trim());
    onDone();
  };
  return (
    <>
      <Action text="Pause" label={`Pause ${name}`} needs="run" act={() => setAsking(true)} />
      {isAsking && (
        <Confirm title={`Pause ${name}?`} yes="Pause" onYes={stop} onClose={() => setAsking(false)}>
          <p>Nothing starts it by itself until somebody resumes it. A run at work goes on.</p>
          <label class="field">
            Reason, for others (may be left out)
            <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          </label>
        </Confirm>
      )}
    </>
  );
}
