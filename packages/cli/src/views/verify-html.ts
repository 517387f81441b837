/** The report of a verification as one HTML page, which loads nothing. Pure. */
import { describeCount, describeSeconds, type TableReport, type VerifyReport } from "@tapline/runner";
import { describeMetric, keyText, placeText, valuesText } from "./verify-text.ts";

export function verifyHtml(report: VerifyReport, title = "Verification"): string {
  const { verdict, tables, unmatched, started_at, seconds } = report;
  const missing = [
    ...unmatched.here.map((name) => [name, "only on the first side"]),
    ...unmatched.there.map((name) => [name, "only on the second side"]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(title)}: ${verdict}</title>
<style>${style}</style>
</head>
<body>
<h1>${html(title)}: <span class="${verdict}">${verdict}</span></h1>
<p>${html(started_at)}, ${html(describeSeconds(seconds))}</p>
${grid(
  ["Table", "Other side", "Verdict", "Rows here", "Rows there", "Only here", "Only there", "Differing"],
  tables.map((table, index) => [
    `<a href="#t${index}">${html(placeText(table.here))}</a>`,
    html(placeText(table.there)),
    `<span class="${table.verdict}">${table.verdict}</span>`,
    ...[table.rows.here, table.rows.there, table.only_here, table.only_there, table.differing].map(describeCount),
  ]),
)}
${
  missing.length === 0
    ? ""
    : grid(
        ["Table", ""],
        missing.map((row) => row.map(html)),
      )
}
${tables.map(section).join("\n")}
</body>
</html>
`;
}

function section(table: TableReport, index: number): string {
  const { failure, findings, columns, examples, metrics } = table;
  const parts = [
    `<h2 id="t${index}">${html(placeText(table.here))} <small>and</small> ${html(placeText(table.there))}</h2>`,
    `<p><span class="${table.verdict}">${table.verdict}</span>, ${table.key.length === 0 ? "rows as a whole" : `matched by ${html(table.key.join(", "))}`}, ${html(describeSeconds(table.seconds))}${
      table.rechecked === undefined ? "" : `; ${table.rechecked.went} rows no longer differed after ${table.rechecked.after_seconds} s`
    }</p>`,
  ];
  if (failure !== undefined) parts.push(`<p class="failed">${html(failure.message)}</p><p>${html(failure.hint ?? "")}</p>`);
  if (findings.length > 0)
    parts.push(`<ul>${findings.map(({ level, message }) => `<li class="${level}">${level}: ${html(message)}</li>`).join("")}</ul>`);
  if (examples.length > 0)
    parts.push(
      "<h3>Rows</h3>",
      grid(
        ["", "Key", "Columns"],
        examples.map((example) => [example.what.replace("_", " "), keyText(example), valuesText(example)].map(html)),
      ),
    );
  if (metrics.length > 0)
    parts.push(
      "<h3>Totals</h3>",
      grid(
        ["", ""],
        metrics.map((metric) => [metric.equal ? "equal" : "different", html(describeMetric(metric).trim())]),
      ),
    );
  if (columns.length > 0) parts.push("<h3>Columns</h3>", columnsGrid(columns));
  return parts.join("\n");
}

function columnsGrid(columns: TableReport["columns"]): string {
  const both = (here: unknown, there: unknown): string => {
    const [one, other] = [here, there].map((value) => (value === undefined || value === null ? "" : String(value)));
    return one === other ? html(one ?? "") : `<mark>${html(one ?? "")}</mark><br><mark>${html(other ?? "")}</mark>`;
  };
  return grid(
    ["Column", "Compared as", "Types", "Differing", "NULLs", "Sum", "Least", "Most"],
    columns.map(({ here, there, kind, types, differing, tolerance, statistics }) => {
      const [one, other] = [statistics?.here, statistics?.there];
      return [
        html(here === there ? here : `${here} / ${there}`),
        html(tolerance === undefined ? kind : `${kind} ± ${tolerance}`),
        html(types.here === types.there ? types.here : `${types.here} / ${types.there}`),
        describeCount(differing),
        both(one?.nulls, other?.nulls),
        both(one?.sum, other?.sum),
        both(one?.min, other?.min),
        both(one?.max, other?.max),
      ];
    }),
  );
}

const grid = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="wide"><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`)
    .join("")}</tbody></table></div>`;

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const html = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");

const style = `
:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
body{max-width:72rem;margin:2rem auto;padding:0 1rem}
h1,h2,h3{line-height:1.2;overflow-wrap:anywhere}td:first-child{white-space:nowrap}h2{margin-top:2.5rem;border-top:1px solid #8884;padding-top:1rem}small{font-weight:normal}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #8884;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
.equal{color:#18794e}.different,.failed,li.difference{color:#c62a2f;font-weight:600}li.warning{color:#946800}li.note{color:#888}
mark{background:#ffe29a;color:#000;padding:0 .15rem}
`;
