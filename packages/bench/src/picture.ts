/** The wall times of the results as a picture: a bar for each comparison, as long as the ratio to the program beside it. SVG. */
import type { Results } from "./page.ts";
import type { Comparison } from "./result.ts";

const [rowHeight, labelWidth, barWidth, width] = [26, 470, 330, 900];
/** Longer bars end here; their number is beside them. */
const mostRatio = 4;

/** Of the benchmarks with a limit, the whole pipes; a line marks the limit. */
export function picture(results: Results): string {
  const bars = Object.values(results).flatMap((part) => (typeof part === "string" ? [] : part.results.filter(isWall)));
  const height = (bars.length + 2) * rowHeight;
  const scale = (ratio: number): number => (Math.min(ratio, mostRatio) / mostRatio) * barWidth;
  const limit = labelWidth + scale(1);
  const rows = bars.map(({ name, beside, ratio }, index) => {
    const y = (index + 1) * rowHeight;
    const label = `${name.replace(/, wall$/, "")} / ${beside.replace(/ [\d.]+ s$/, "")}`;
    return `<text x="${labelWidth - 8}" y="${y + 16}" text-anchor="end">${escaped(label)}</text>
<rect x="${labelWidth}" y="${y + 4}" width="${scale(ratio).toFixed(1)}" height="16" fill="${ratio <= 1 ? "#2f855a" : "#3b6fb6"}"/>
<text x="${labelWidth + scale(ratio) + 6}" y="${y + 16}">${ratio.toFixed(2)}x</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">
<title>Wall times as ratios</title>
<rect width="${width}" height="${height}" fill="white"/>
<text x="${labelWidth}" y="16" font-weight="bold">time, where 1x is the program beside it</text>
${rows.join("\n")}
<line x1="${limit}" y1="${rowHeight}" x2="${limit}" y2="${height - rowHeight + 8}" stroke="#b83280" stroke-dasharray="4 3"/>
</svg>
`;
}

function isWall(result: object): result is Comparison {
  return "ratio" in result && /, wall$/.test((result as Comparison).name);
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
