/** What went wrong, with what to do: of an answer of the server, or of a run. */
import type { RunSummary } from "../../src/api/answers.ts";
import type { Refused } from "../api.ts";

export function ErrorBox({ error }: { error: Refused }) {
  return (
    <div class="box bad" role="alert">
      <p>{sentence(error.message)}</p>
      {error.hint && <p class="hint">{error.hint}</p>}
    </div>
  );
}

export type Failure = NonNullable<RunSummary["error"]>;

/** The plugin, what happened, where it is and what to do. */
export function FailureBox({ failure, title, isBad = true }: { failure: Failure; title?: string; isBad?: boolean }) {
  const places = Object.entries(failure.position ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return (
    <div class={isBad ? "box bad" : "box"}>
      {title && <h2>{title}</h2>}
      <p>
        <strong>{failure.plugin}</strong>: {failure.message}
      </p>
      {places.length > 0 && (
        <dl class="facts">
          {places.map(([name, value]) => (
            <div key={name}>
              <dt>{name.replaceAll("_", " ")}</dt>
              <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {failure.hint && <p class="hint">{failure.hint}</p>}
      {failure.code && <p class="quiet">Code {failure.code}</p>}
    </div>
  );
}

/** With a capital, for it stands alone. */
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
