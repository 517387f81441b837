/** Shows an answer of the server when it is there, what failed above it, and quiet words until then. */
import type { ComponentChildren } from "preact";
import type { Asked } from "../use-answer.ts";
import { ErrorBox } from "./error-box.tsx";

export function Answered<T>({ asked, children }: { asked: Asked<T>; children: (answer: T) => ComponentChildren }) {
  return (
    <>
      {asked.error && <ErrorBox error={asked.error} />}
      {asked.answer === undefined ? !asked.error && <p class="quiet loading">Loading …</p> : children(asked.answer)}
    </>
  );
}

/** Where there is nothing, it says how there will be something. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="box empty">{children}</div>;
}
