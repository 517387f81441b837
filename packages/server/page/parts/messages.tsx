/** Tells what came of an action, in a line that readers of screens hear too. */
import { useEffect, useState } from "preact/hooks";
import { Refused } from "../api.ts";

interface Message {
  text: string;
  isBad: boolean;
}

const event = "tapline-message";

export const tell = (text: string): void => void window.dispatchEvent(new CustomEvent<Message>(event, { detail: { text, isBad: false } }));

export function tellProblem(problem: unknown): void {
  const hint = problem instanceof Refused && problem.hint ? ` ${problem.hint}` : "";
  const text = `${problem instanceof Error ? problem.message : String(problem)}${hint}`;
  window.dispatchEvent(new CustomEvent<Message>(event, { detail: { text, isBad: true } }));
}

export function Messages() {
  const [message, setMessage] = useState<Message>();
  useEffect(() => {
    const take = (told: Event): void => setMessage((told as CustomEvent<Message>).detail);
    window.addEventListener(event, take);
    return () => window.removeEventListener(event, take);
  }, []);
  useEffect(() => {
    if (message === undefined || message.isBad) return;
    const timer = setTimeout(() => setMessage(undefined), 6000);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <div class="messages" role="status" aria-live="polite">
      {message && (
        <p class={message.isBad ? "message bad" : "message"}>
          <span>{message.text}</span>
          <button type="button" onClick={() => setMessage(undefined)}>
            Close
          </button>
        </p>
      )}
    </div>
  );
}
