/** The lines of a log, in blocks that are drawn once and that cost nothing while they are out of sight. */
import type { ComponentChildren } from "preact";
import { blocksOf, type LogLine, markParts, textOf, toneOf } from "../text/log-lines.ts";
import { memo } from "./memo.tsx";

interface Shown {
  lines: readonly LogLine[];
  search: string;
  /** The number of the line that the search is at. */
  current: number | undefined;
}

export function LogText({ lines, search, current }: Shown) {
  return (
    <section class="log" aria-label="Lines of the log">
      {blocksOf(lines).map((block) => {
        const isHere = current !== undefined && block.some(({ number }) => number === current);
        return <Block key={block[0]?.number} block={block} search={search} current={isHere ? current : undefined} />;
      })}
    </section>
  );
}

interface BlockOfLines {
  block: readonly LogLine[];
  search: string;
  current: number | undefined;
}

const Block = memo(
  ({ block, search, current }: BlockOfLines) => (
    <div class="block" style={{ containIntrinsicBlockSize: `auto ${block.length * 1.45}em` }}>
      {block.map((line) => (
        <div key={line.number} id={`line-${line.number}`} class={`${toneOf(line.level)}${line.number === current ? " current" : ""}`}>
          {marked(textOf(line), search)}
        </div>
      ))}
    </div>
  ),
  (before, now) =>
    before.search === now.search &&
    before.current === now.current &&
    before.block.length === now.block.length &&
    before.block[0] === now.block[0],
);

/** One node of text where nothing is to be marked: a log has many lines. */
function marked(text: string, search: string): ComponentChildren {
  const parts = markParts(text, search);
  return parts.length === 1 ? text : parts.map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part));
}

export function goToLine(number: number): void {
  const line = document.getElementById(`line-${number}`);
  line?.scrollIntoView({ block: "center" });
  // Blocks that were out of sight have their true height only once they are drawn.
  requestAnimationFrame(() => line?.scrollIntoView({ block: "center" }));
  line?.classList.add("found");
  setTimeout(() => line?.classList.remove("found"), 2000);
}
