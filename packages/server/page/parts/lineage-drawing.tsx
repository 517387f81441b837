/** The lineage as boxes in columns, with lines between them. Every box with a run is a link to it. */
import type { Lineage } from "../../src/api/answers.ts";
import { useHref } from "../location.ts";
import { runPath } from "../router.ts";
import { layOutLineage, type PlacedNode } from "../text/lineage-layout.ts";
import { lookOf } from "./status.tsx";

const [boxWidth, boxHeight, stepX, stepY, margin] = [210, 30, 290, 42, 4];
/** Letters that fit into a box. */
const mostLetters = 27;

export function LineageDrawing({ lineage }: { lineage: Lineage }) {
  const { nodes, edges, columns, rows } = layOutLineage(lineage);
  const [width, height] = [(columns - 1) * stepX + boxWidth + 2 * margin, rows * stepY + 2 * margin];
  const left = ({ column }: PlacedNode): number => margin + column * stepX;
  const middle = ({ row }: PlacedNode): number => margin + row * stepY + boxHeight / 2;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section class="scroll lineage" aria-label="Lineage as a drawing; the list below says the same" tabIndex={0}>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section around it has the name */}
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {edges.map(({ from, to }) => {
          const [x1, x2, y1, y2] = [left(from) + boxWidth, left(to), middle(from), middle(to)];
          const bend = (x1 + x2) / 2;
          return <path key={`${from.id} ${to.id}`} class="edge" d={`M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`} />;
        })}
        {nodes.map((node) => (
          <Box key={node.id} node={node} x={left(node)} y={middle(node) - boxHeight / 2} />
        ))}
      </svg>
    </section>
  );
}

function Box({ node, x, y }: { node: PlacedNode; x: number; y: number }) {
  const href = useHref();
  const look = node.status === null ? undefined : lookOf(node.status);
  const name = node.name.length > mostLetters ? `…${node.name.slice(1 - mostLetters)}` : node.name;
  const box = (
    <g class={`node ${node.kind} ${look?.tone ?? "off"}`}>
      <title>{`${node.kind} ${node.name}${look === undefined ? "" : `: ${look.word}`}`}</title>
      <rect x={x} y={y} width={boxWidth} height={boxHeight} rx={node.kind === "stream" ? 15 : 4} />
      <text x={x + 12} y={y + 20}>
        {look === undefined ? name : `${look.letter} ${name}`}
      </text>
    </g>
  );
  return node.run_id === null ? box : <a href={href(runPath(node.run_id))}>{box}</a>;
}
