/** The report of a migration as one HTML file, without scripts and without anything from elsewhere. Pure. */
import { type Compared, describeBytes, describeCount, describeSeconds, type Migration, type MigrationPlan } from "@tapline/runner";
import { phaseText, resultOf } from "./report-text.ts";

export function reportPage(migration: Migration, plan: MigrationPlan): string {
  const { id, source, target, environment, exported, imported, verified } = migration;
  const phases = [
    ...(exported === null ? [] : [["export", exported, resultOf(exported.compared)] as const]),
    ...(imported === null ? [] : [["import", imported, "done"] as const]),
    ...(verified === null ? [] : [["verify", verified, resultOf(verified.compared)] as const]),
  ].map(([name, { rows, bytes, seconds, tries }, result]) => [
    ...[name, describeCount(rows), bytes === null ? "" : describeBytes(bytes), describeSeconds(seconds), String(tries), result],
  ]);
  const losses = plan.planned.flatMap(({ table, columns }) =>
    columns.flatMap(({ name, type, loss }) => (loss === null ? [] : [[table, name, type, loss]])),
  );
  const behind = [
    ...plan.planned.flatMap(({ table, leftBehind }) => leftBehind.map((what) => [table, what])),
    ...plan.leftBehind.map((what) => ["", what]),
  ];
  const title = `Migration ${source} to ${target}`;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(title)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{border-bottom:1px solid #ccc;padding:.25rem .75rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}.bad{color:#b00020;font-weight:600}</style>
<h1>${html(title)}</h1>
<p>${html(id)}, environment ${html(environment)}, begun ${html(migration.startedAt)}. ${html(phaseText(migration))}.</p>
${table("Phases", ["phase", "rows", "size", "took", "tries", "result"], phases, [1, 2, 3, 4])}
${exported === null ? "" : comparison("The source against the files, in one snapshot", exported.compared)}
${verified === null ? "" : comparison("The files against the new side", verified.compared)}
${table("Types that change", ["table", "column", "type", "what becomes of it"], losses)}
${table("Left behind: no record carries it", ["table", "what"], behind)}
${exported === null ? "" : `<p>Files: <code>${html(exported.place)}</code></p>`}
</html>
`;
}

function comparison(title: string, { summary, streams }: Compared): string {
  const rows = streams.map(({ stream, left, right, onlyLeft, onlyRight, differing, columns, findings }) => [
    ...[stream, ...[left, right, onlyLeft, onlyRight, differing].map(describeCount)],
    [...Object.entries(columns).map(([name, count]) => `${name}: ${describeCount(count)}`), ...findings].join("; "),
  ]);
  const keys = streams.flatMap(({ stream, examples }) =>
    examples.map(({ what, key, columns }) => [stream, what.replaceAll("_", " "), JSON.stringify(key), columns.join(", ")]),
  );
  const head = ["stream", "rows", "rows there", "only here", "only there", "differing", "in which columns"];
  return `<h2>${html(title)}</h2><p>${html(summary)}</p>${table("", head, rows, [1, 2, 3, 4, 5])}${table("Some of these rows", ["stream", "what", "key", "columns"], keys)}`;
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[], numbers: readonly number[] = []): string {
  if (rows.length === 0) return "";
  const cell = (text: string, index: number): string => {
    const names = [...(numbers.includes(index) ? ["n"] : []), ...(text === "DIFFERENT" ? ["bad"] : [])];
    return `<td${names.length === 0 ? "" : ` class="${names.join(" ")}"`}>${html(text)}</td>`;
  };
  const lines = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n");
  const heading = title === "" ? "" : `<h2>${html(title)}</h2>`;
  return `${heading}<table><tr>${head.map((text) => `<th>${html(text)}</th>`).join("")}</tr>\n${lines}</table>`;
}

const html = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
