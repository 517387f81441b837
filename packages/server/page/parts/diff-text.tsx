/** Two texts as lines that went and lines that came, with a sign before each, so that colour alone says nothing. */
import { diffLines, withoutFarLines } from "../text/diff.ts";

const signs = { same: " ", removed: "−", added: "+" };

export function Diff({ before, after }: { before: string; after: string }) {
  const lines = withoutFarLines(diffLines(before, after));
  if (lines.every((line) => line === null || line.kind === "same")) return <p class="quiet">The same.</p>;
  return (
    <pre class="code diff">
      {lines.map((line, index) => (
        <div key={index} class={line?.kind ?? "gap"}>
          {line === null ? "  …" : `${signs[line.kind]} ${line.text}`}
        </div>
      ))}
    </pre>
  );
}
